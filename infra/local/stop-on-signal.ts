/** The first signal stops in order and ends the process with 0; a second one does not wait. */
export function stopOnSignal(stop: () => Promise<void>, failed: (error: unknown) => never): void {
  let isStopping = false;
  const onSignal = () => {
    if (isStopping) process.exit(1);
    isStopping = true;
    stop().then(() => process.exit(0), failed);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}
