/**
 * A text of one line: without control characters, the line and paragraph separators
 * U+2028 and U+2029, and halves of characters. It may end in a log, a header, a table
 * on a terminal or the database, and is to be no second line there.
 */
export const ONE_LINE = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u;
