package limit

// Armed reports whether a timer is set.
func (w *Window) Armed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.timer != nil
}
