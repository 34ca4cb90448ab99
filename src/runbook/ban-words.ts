// How sentences begin that forbid something, as data: one expression per language, for the start of a clause.

/** Tried at the start of a clause, case-insensitively, after "please", "you" and the like were taken off. */
export const banBeginnings: readonly RegExp[] = [
  // English
  /^(?:do\s+not|don['’]?t|never|avoid|(?:you\s+)?(?:must\s*(?:n[o'’]t|never)|may\s+not|should\s*(?:n[o'’]t|never)|shall\s+not|can\s*not\s+safely)|refrain\s+from|under\s+no\s+circumstances|(?:it\s+is\s+)?(?:forbidden|prohibited)\s+to|by\s+no\s+means)\b/i,
  // German
  /^(?:niemals|nie|nicht|keinesfalls|auf\s+keinen\s+fall|unter\s+keinen\s+umständen|vermeiden?(?:\s+sie)?|keine[nrms]?\s+\S+\s+\S*(?:en|ern|eln)$|\S+en\s+sie\s+(?:\S+\s+){0,6}?(?:nicht|niemals|keine[nrms]?)|es\s+ist\s+verboten)(?=\s|[.,:;!]|$)/i,
  // French
  /^(?:ne\s+(?:pas|jamais|\S+\s+(?:pas|jamais))|n['’]\S+\s+(?:pas|jamais)|jamais|évite[zr]?|il\s+ne\s+faut\s+(?:pas|jamais)|il\s+est\s+interdit|interdiction)(?=\s|[.,:;!]|$)/i,
  // Spanish, Portuguese
  /^(?:nunca|jamás|jamais|evite[mn]?|evitar|no\s+(?:se\s+)?(?:debe|deben|debes|reiniciar|eliminar|borrar|ejecutar|modificar|cambiar|usar|utilizar|hacer|desactivar|detener|editar|tocar|continuar)|no\s+(?:reinicie|elimine|borre|ejecute|modifique|cambie|use|utilice|haga|continúe|desactive|detenga|edite|toque)n?|não(?:\s+se)?\s+\S+|está\s+prohibido|é\s+proibido|prohibido)(?=\s|[.,:;!]|$)/i,
];

/** Japanese and Chinese forbid at the end of a clause or with a word of their own, so these are looked for anywhere. */
export const banAnywhere: readonly RegExp[] = [
  /(?:ないでください|してはいけ(?:ない|ません)|してはなら(?:ない|ず|ず)|しないこと|禁止|を避けて|絶対に.{0,30}ない)/,
  /(?:切勿|严禁|請勿|请勿|禁止|不得|不要|不可以)/,
];

/** A cheap look whether a text can forbid anything at all; its words stand by their first letters, which is quicker. */
export const banHint =
  /n(?:ot\b|['’]t\b|ever|o (?:circumstances|means)|icht|ie|unca|ão)|\bn(?:e\b|['’]|o\b)|dont\b|avoid|refrain|forbidden|pro(?:hibi|ib)|kein|ver(?:meide|boten)|jam(?:ai|á)s|[ée]vit|interdi|ない|禁止|避け|ません|ならず|切勿|严禁|勿|不/i;
