// The database process: PGlite behind the PostgreSQL wire protocol on one TCP port.
import {followParent, runMain, setting, tellParent} from './shared/child.ts';
import {folderAt} from './shared/folder.ts';
import {openLog} from './shared/log.ts';
import {openDatabase} from './pg/pgdata.ts';
import {wireServer} from './pg/wire.ts';

async function main(): Promise<void> {
  const folder = folderAt(setting('QD_DEMO_DIR'));
  const port = Number(setting('QD_DEMO_PORT'));
  const log = openLog(folder, 'database');
  let isHidden = process.env['QD_DEMO_FILTERED'] === 'yes';
  let turn: Promise<void> = Promise.resolve();

  const db = await openDatabase(folder.pgdata);
  const server = wireServer(db);

  followParent(type => {
    if (type !== 'hide' && type !== 'show') return;
    turn = turn.then(async () => {
      isHidden = type === 'hide';
      await server.listen(isHidden ? null : port);
      log('warn', isHidden ? 'filter.on' : 'filter.off');
      tellParent({type: isHidden ? 'hidden' : 'shown'});
    });
    turn.catch((error: unknown) => {
      log('error', 'filter.failed', {message: String(error)});
      process.exit(2);
    });
  });

  process.once('SIGTERM', () => {
    log('info', 'stopping');
    void server
      .close()
      .then(() => db.close())
      .then(() => {
        log('info', 'stopped');
        process.exit(0);
      });
  });

  if (!isHidden) await server.listen(port);
  log('info', 'startup', {port, pid: process.pid});
  tellParent({type: 'ready'});
}

runMain(main);
