// The NDJSON files of the data directory's logs/: written line by line, read again with what was rotated away.
export {createNdjsonLog} from './ndjson-log.ts';
export type {NdjsonLog} from './ndjson-log.ts';
export {readNdjson} from './read-ndjson.ts';
