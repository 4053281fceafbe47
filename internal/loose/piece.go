package loose

// The short texts of a record share one piece of memory, since most of a record's texts are short and each piece costs the collector as much as a long
// one. A text that a program keeps so holds those beside it, but no long ones and none of other records.
const (
	longestShort = 64  // bytes of a text
	firstPiece   = 128 // bytes, where nothing tells how many are needed
	largestPiece = 512
)

// newPiece begins a piece of memory for the short texts of a record, as large as those of the one before were.
func (s *Scanner) newPiece() {
	s.piece.Reset()
	// If the rows vary, the larger ones decide.
	if s.pieceSize = min(max(s.shorts, s.pieceSize-s.pieceSize/8), largestPiece); s.shorts == 0 && s.pieceSize == 0 {
		s.pieceSize = min(firstPiece, len(s.Data)/4)
	}
	s.shorts = 0
}

// keepText returns a copy of a text.
func (s *Scanner) keepText(text []byte) string {
	n := len(text)
	if n == 0 || n > longestShort {
		return string(text)
	}
	s.shorts += n
	if s.piece.Cap()-s.piece.Len() < n {
		s.piece.Reset()
		s.piece.Grow(max(n, s.pieceSize))
	}
	begin := s.piece.Len()
	s.piece.Write(text)
	return s.piece.String()[begin:]
}
