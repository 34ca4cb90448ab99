// Which other Markdown files a runbook links to, as paths that stay inside the site's folder.
import type {Node, Root} from '../markdown/index.ts';
import type {Problem} from '../domain/runbook.ts';

/** Folder of a path without the last part; '' for a bare name. */
const folderOf = (path: string): string =>
  path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).replace(/[/\\]+$/, '');

/** A path without `.` and `..` parts; undefined when it climbs above where it begins. */
function tidy(path: string): string | undefined {
  const out: string[] = [];
  for (const part of path.split(/[/\\]+/)) {
    if (part === '' || part === '.') continue;
    if (part !== '..') out.push(part);
    else if (out.pop() === undefined) return undefined;
  }
  return out.join('/');
}

/** The relative Markdown file that a link leads to, without its anchor; undefined for anything else. */
function linkedFile(url: string): string | undefined {
  const [path = ''] = url.split(/[#?]/);
  if (path === '' || /^[a-z][a-z0-9+.-]*:|^[/\\]/i.test(path) || !/\.(?:md|markdown)$/i.test(path))
    return undefined;
  try {
    const plain = decodeURIComponent(path);
    return /[\0-\x1f\\]/.test(plain) ? undefined : plain;
  } catch {
    return undefined;
  }
}

/**
 * Relative paths, in order of first use. `root` is the folder that a link may not leave (the site's); without one it
 * is the file's own folder.
 */
export function readLinks(tree: Root, file: string, root: string | undefined, problems: Problem[]): string[] {
  const folder = folderOf(file);
  const inside = root === undefined ? '' : folder.startsWith(root) ? folder.slice(root.length) : '';
  const found = new Map<string, number>();
  const visit = (node: Node): void => {
    if (node.type === 'link' || node.type === 'definition') {
      const path = linkedFile(node.url);
      if (path !== undefined && !found.has(path)) found.set(path, node.line);
    }
    if ('children' in node) for (const child of node.children) visit(child);
  };
  tree.children.forEach(visit);
  const out: string[] = [];
  for (const [path, line] of found) {
    if (tidy(`${inside}/${path}`) === undefined)
      problems.push({
        code: 'link-outside',
        line,
        level: 'warning',
        message: `"${path}" lies outside the site's folder: it is not pinned with this runbook, and no answer can lead to it.`,
      });
    else if (tidy(path) !== '') out.push(path.replace(/^(?:\.\/)+/, ''));
  }
  return [...new Set(out)];
}
