/**
 * Letters of scripts that set words apart by spaces, for use in a character class. Where a figure or
 * a code follows an ideograph or a kana, it begins there: `身高170厘米`.
 */
export const SPACED_LETTERS = '\\p{Script=Latin}\\p{Script=Cyrillic}\\p{Script=Greek}';
