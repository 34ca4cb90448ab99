// Programs that read their arguments or their input as a language, so that a value handed to them may be more than a value.

const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/));

const shells = words(
  'sh bash dash ash zsh ksh mksh fish csh tcsh busybox eval ssh su runuser rsh parallel xargs expect',
);
const clients = words(`
  psql mysql mariadb sqlite3 mongo mongosh cqlsh clickhouse-client sqlplus sqlcmd redis-cli influx rails irb iex
  python python2 python3 perl ruby node deno bun php lua tclsh R Rscript osascript pwsh powershell bc dc gdb ftp sftp
  at batch nsenter chroot
`);
const filters = words('awk gawk mawk nawk sed jq yq watch trap make m4 entr');
const names = words(
  'let unset export declare typeset local readonly read mapfile readarray getopts alias source .',
);

/** Whether its arguments may be a program. */
export const evaluates = (program: string): boolean =>
  shells.has(program) || clients.has(program) || filters.has(program);

/** Whether what it reads from standard input may be a program. */
export const readsStandardInput = (program: string): boolean => shells.has(program) || clients.has(program);

/** Whether its arguments may be names of variables, whose subscripts a shell evaluates. */
export const takesNames = (program: string): boolean => names.has(program);
