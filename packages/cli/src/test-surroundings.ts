/** Nobody looks at the progress, and nobody interrupts. */
export const quiet = { showProgress: () => {}, interrupted: () => new Promise<void>(() => {}) };
