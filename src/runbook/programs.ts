// Programs by what they do, as data: those that only look, those with subcommands that look, those that are known at all.

export const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/));

/** Programs that only look, whatever their arguments. */
export const readers = words(`
  cat zcat grep egrep fgrep zgrep rg ls head wc df du free ps uptime date hostname whoami id groups uname which
  whereis type stat file dig host nslookup ping traceroute tracepath mtr ss netstat lsof dmesg vmstat iostat mpstat
  pidstat sort uniq cut tr jq echo printf test true false diff cmp sha256sum sha512sum md5sum printenv env pwd cd export
  set column nl tac rev basename dirname realpath readlink seq getent lscpu lsblk lspci sleep pgrep awk tail sed find
  curl journalctl ip man history wait [ read shopt unset
`);

/** Programs with subcommands: these only look. */
export const readingSubcommands: Readonly<Record<string, ReadonlySet<string>>> = {
  systemctl: words(
    'status is-active is-enabled is-failed show list-units list-timers list-unit-files cat list-sockets',
  ),
  service: words('status --status-all'),
  kubectl: words('get describe logs top version explain api-resources api-versions cluster-info events diff'),
  oc: words('get describe logs status version whoami explain projects project'),
  docker: words('ps logs inspect images info version stats top port diff'),
  podman: words('ps logs inspect images info version stats top port diff'),
  crictl: words('ps logs inspect images info version stats pods'),
  git: words('status log diff show rev-parse blame describe ls-files ls-remote'),
  helm: words('list ls status get history version lint template search'),
  alembic: words('heads current history show branches'),
  etcdctl: words('endpoint version get'),
  promtool: words('query check'),
  terraform: words('show output validate version providers'),
  apt: words('list show search'),
  'apt-cache': words('policy show search'),
  dpkg: words('-l -s -L --list --status'),
  rpm: words('-q -qa -qi -ql'),
  ceph: words('status health -s df'),
  consul: words('members info version'),
  nomad: words('status version'),
  vault: words('status version'),
  nodetool: words('status info tpstats'),
  virtctl: words('version guestosinfo fslist userlist'),
  quarterdeck: words('check status'),
  nc: words('-z -vz -zv'),
};

/** Programs that are known as commands besides the ones above, for blocks and inline code without a language. */
export const known = words(`
  sudo ssh scp rsync psql mysql mongo mongosh redis-cli sqlite3 pg_ctl pg_dump pg_restore pg_isready su chroot cp mv rm
  mkdir rmdir touch chmod chown ln kill pkill killall tar gzip gunzip unzip make npm npx pnpm yarn bun node deno python
  python3 pip ruby bundle rake rails go cargo java mvn gradle wget tee xargs watch top htop less more vi vim nano crontab
  mount umount fdisk mkfs lvextend resize2fs swapoff swapon sysctl modprobe iptables nft ufw ifconfig route reboot
  shutdown halt poweroff apt-get yum dnf apk brew snap ansible ansible-playbook chef-client knife aws gcloud az doctl
  eksctl kustomize skopeo openssl gpg ssh-keygen base64 xxd strace tcpdump gdb perf gitlab-ctl gitlab-rails
  gitlab-rake amtool tsh knife bin/rails bin/rake alembic flyway liquibase haproxy nginx source bash sh zsh
  for while if function docker-compose gsutil bq hab patronictl docker kubectl oc helm git mysqldump mysqladmin mariadb cqlsh
  clickhouse-client influx etcdutl kubeadm kubelet minikube kind istioctl linkerd argocd flux velero cmctl calicoctl
  cilium tmux screen nsenter virsh dd parted mdadm pvcreate vgextend growpart xfs_growfs systemd-run loginctl
  timedatectl hostnamectl chronyc ntpq lvs vgs pvs useradd usermod passwd chage visudo at rclone restic borg
  pg_basebackup pg_rewind repmgr pgbackrest barman wal-g wal-e rabbitmqctl rabbitmqadmin kafka-topics.sh
  kafka-topics kafka-consumer-groups zkCli.sh cassandra-stress solr logrotate supervisorctl pm2 forever composer php
  artisan django-admin gunicorn dotnet pwsh mkfs.ext4 e2fsck fsck smartctl ipmitool ethtool tc brctl bridge
  nmcli resolvectl dig whois mailq postqueue postsuper exim crictl ctr oathtool vault consul nomad packer
  terragrunt pulumi gh glab hub jira gitlab-psql gitlab-backup mc s3cmd s4cmd swift openstack nova ceph rados rbd
  gluster zfs zpool lxc lxd incus multipass vagrant fly heroku vercel netlify wrangler firebase bunx npx pgbouncer telnet nmap stern k9s kubectx kubens ctr
`);

export const standalone = words('top htop reboot pwd whoami uptime hostname df ls ps free id date exit');

/** Programs whose names are words of English: in a sentence they are commands only with an argument that shows it. */
export const ambiguous = words(`
  find test file time host date which type watch top id less more set read node go service source head tail sort cut
  column sleep env history wait man stat snap function for while if mount at make kind screen hub swift flux tc salt
  bundle rake mix link split join pulp bridge cat free true false echo export cd open hab at mc fly route kill ip
`);
