/**
 * A process that runs the app's services once it is told to. Daybook itself is loaded before, so that a restart takes as
 * long as the app's own files do.
 */
import '@daybook/embedded';

let told = false;
process.once('message', () => {
  told = true;
  void import('@daybook/embedded/main');
});
// The process that started this one is gone: stop in good order, or, when nothing runs yet, at once.
process.once('disconnect', () => {
  if (told) process.kill(process.pid, 'SIGTERM');
  else process.exit(0);
});
process.send?.('loaded');
