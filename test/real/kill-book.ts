// The runbook whose walk is killed: each step leaves one line outside.

export const steps = 5;

/** Each line is written with its own name and attempt, between two pauses. */
export const book = `# Walk\n\nProcedure:\n\n${Array.from(
  {length: steps},
  (_, i) => `${i + 1}. Step ${i + 1}

   \`\`\`sh {"name":"step-${i + 1}","effect":"write"}
   sleep 0.15; printf '%s\\n' "$QD_STEP" >>"$HOME/traces"; sleep 0.15
   \`\`\`
`,
).join('\n')}`;
