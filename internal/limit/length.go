package limit

import "time"

// Length returns the window without the margin that NewWindow adds to it.
func (w *Window) Length() time.Duration { return w.window - w.window/1001 }
