// The React root: draws the composed frame, one Text a row.
import {useInsertionEffect, useMemo} from 'react';
import type {ReactNode} from 'react';
import {Box, Text, useWindowSize} from 'ink';
import {useStore} from 'zustand';
import type {Line, Look, Span} from '../define-screen.ts';
import type {ConsoleState, ConsoleStore} from '../state/store.ts';
import {compose, looksSame} from './compose.ts';
import type {Frame} from './compose.ts';
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

export interface RootProps {
  readonly store: ConsoleStore;
  readonly can: Look['can'];
  /** Called with each frame as it is about to be painted. */
  readonly onFrame: (frame: Frame) => void;
}

export function Root({store, can, onFrame}: RootProps): ReactNode {
  const {columns, rows} = useWindowSize();
  const frameOf = useMemo(() => {
    let last: Frame | undefined;
    // Most news changes nothing that is in view: the same frame again costs no layout.
    return (state: ConsoleState): Frame => {
      const next = compose(state, {columns, rows}, can);
      return last !== undefined && looksSame(last, next) ? last : (last = next);
    };
  }, [columns, rows, can]);
  const frame = useStore(store.api, frameOf);
  // Insertion effects run before Ink paints the commit; layout effects run after.
  useInsertionEffect(() => onFrame(frame));
  return (
    <Box flexDirection="column" width={columns} height={rows} overflow="hidden">
      {frame.lines.map((line, i) => (
        <Row key={i} line={line} />
      ))}
    </Box>
  );
}
