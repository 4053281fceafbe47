package loose

// The short texts of a record share one piece of memory, since most of a record's texts are short and each allocation costs as much as one of a long
// text. A text that a program keeps so holds those beside it, but no long ones and none of other records.
const (
	longestShort = 64  // bytes of a text
	firstPiece   = 128 // bytes, where nothing tells how many are needed
	largestPiece = 512
)

// newPiece begins a record whose short texts probably take as much memory as those of the records before did.
func (s *Scanner) newPiece() {
	switch {
	case s.pieceSize == 0:
		s.pieceSize = min(firstPiece, len(s.Data)/4)
	case s.shorts == 0:
	default:
		s.pieceSize = min((3*s.pieceSize+s.shorts)/4+2, largestPiece)
	}
	s.piece.Reset()
	s.shorts = 0
}

// keepText returns a copy of a text.
func (s *Scanner) keepText(text []byte) string {
	n := len(text)
	if n == 0 || n > longestShort {
		return string(text)
	}
	if s.piece.Cap()-s.piece.Len() < n {
		size := longestShort
		if s.shorts == 0 {
			size = max(n, s.pieceSize)
		}
		s.piece.Reset()
		s.piece.Grow(size)
	}
	s.shorts += n
	begin := s.piece.Len()
	s.piece.Write(text)
	return s.piece.String()[begin:]
}
