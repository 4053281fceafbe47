package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// screen is where log lines go, and on a terminal the progress bar below them: a line takes the bar away and puts it back.
type screen struct {
	out      io.Writer
	terminal bool

	mu  sync.Mutex
	bar *progressbar.ProgressBar
}

func newScreen(out io.Writer) *screen {
	file, isFile := out.(*os.File)
	return &screen{out: out, terminal: isFile && term.IsTerminal(int(file.Fd()))}
}

// Write writes a log line.
func (s *screen) Write(line []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bar == nil {
		return s.out.Write(line)
	}
	_ = s.bar.Clear()
	n, err := s.out.Write(line)
	_ = s.bar.RenderBlank()
	return n, err
}

// logger writes JSON, and text on a terminal.
func (s *screen) logger(level slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Value.Kind() == slog.KindDuration { // JSON would have it as a number without a unit
			a.Value = slog.StringValue(a.Value.Duration().String())
		}
		return a
	}}
	if s.terminal {
		return slog.New(slog.NewTextHandler(s, options))
	}
	return slog.New(slog.NewJSONHandler(s, options))
}

// refreshed is how often the bar moves.
const refreshed = 100 * time.Millisecond

// catchUp shows the progress of the first catch-up, on a terminal only, and returns when every mirror was found complete once or ctx ends.
func (s *screen) catchUp(ctx context.Context, standings []*standing) {
	if !s.terminal {
		return
	}
	defer s.end()
	for ctx.Err() == nil {
		done, all, reached, known := 0, 0, true, true
		for _, standing := range standings {
			d, a, r := standing.progress()
			done, all, reached, known = done+d, all+a, reached && r, known && a >= 0
		}
		if reached {
			return
		}
		s.show(done, all, known)
		rest(ctx, refreshed)
	}
}

// show draws the bar, or only counts where HaloPSA does not say how many there are.
func (s *screen) show(done, all int, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all = max(all, done+1) // at its maximum it would end by itself, while records are still coming
	if !known {
		all = -1
	}
	if s.bar == nil {
		s.bar = progressbar.NewOptions(all, progressbar.OptionSetWriter(s.out), progressbar.OptionSetDescription("catching up"),
			progressbar.OptionShowCount(), progressbar.OptionSetWidth(30),
			progressbar.OptionSetSpinnerChangeInterval(0)) // any other would have a goroutine draw, for ever and into our lines
	}
	if s.bar.GetMax() != all {
		s.bar.ChangeMax(all)
	}
	_ = s.bar.Set(done) // it is only shown
}

// end takes the bar away.
func (s *screen) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bar != nil {
		_ = s.bar.Clear()
		s.bar = nil
	}
}
