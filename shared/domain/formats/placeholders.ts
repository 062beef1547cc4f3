/** Stands where a conversation would begin with the model: providers want the user first. */
export const OPENER_TEXT = '[The conversation continues from here.]';

/** Stands for the result of a call that has none: providers refuse a call without. */
export const UNANSWERED_RESULT_TEXT = '[No result was recorded for this call.]';
