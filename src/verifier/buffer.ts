// The Buffer of Node, for a browser; esbuild puts it where code names the global.
export {Buffer} from 'buffer/';
