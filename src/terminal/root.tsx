// The React root: draws the settled frame, one Text a row.
import {useSyncExternalStore} from 'react';
import type {ReactNode} from 'react';
import {Box, Text, useWindowSize} from 'ink';
import type {Line, Span} from '../define-screen.ts';
import type {Frames} from './frames.ts';
import {theme} from './theme.ts';

const Part = ({text, tone}: Span): ReactNode =>
  tone === 'plain' ? text : <Text {...theme[tone]}>{text}</Text>;

function Row({line}: {readonly line: Line}): ReactNode {
  if (line.length === 0) return <Text> </Text>;
  return (
    <Text wrap="truncate">
      {line.map(({text, tone}, i) => (
        <Part key={i} text={text} tone={tone} />
      ))}
    </Text>
  );
}

export function Root({frames}: {readonly frames: Frames['settled']}): ReactNode {
  const {columns, rows} = useWindowSize();
  const {lines} = useSyncExternalStore(frames.subscribe, frames.get);
  return (
    <Box flexDirection="column" width={columns} height={rows} overflow="hidden">
      {lines.map((line, i) => (
        <Row key={i} line={line} />
      ))}
    </Box>
  );
}
