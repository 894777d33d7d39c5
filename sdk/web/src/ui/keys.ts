/** Of a key that an input method takes for itself, also where it says so after the composition has ended (Safari). */
const takenByInputMethod = 229;

/**
 * The one way to act on a key: `act` hears of none that an input method takes. Enter that ends a composition
 * chooses a word; it sends nothing.
 */
export function onKeys<E extends KeyboardEvent>(act: (event: E) => unknown): (event: E) => void {
  return (event) => {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else tells it in Safari
    if (!event.isComposing && event.keyCode !== takenByInputMethod) act(event);
  };
}
