// Names of the events by which a key reaches a control elsewhere on the page.
export const TIME_PICKER_EVENT = "hawkeye:time";
