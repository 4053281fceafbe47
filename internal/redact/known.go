package redact

// Known returns text without the secrets, of any length and with the queries of its URLs; see [Redactor.Text] for the rest.
func (r *Redactor) Known(text string) string {
	shown, ok := r.hide(nil, []byte(text))
	if !ok {
		return Placeholder
	}
	return string(shown)
}
