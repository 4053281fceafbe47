package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBarShowsTheFirstCatchUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out logBook
		screen := &screen{out: &out, terminal: true}
		errors, requests := newStanding("errors", time.Now()), newStanding("requests", time.Now())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			screen.catchUp(t.Context(), []*standing{errors, requests})
		}()
		time.Sleep(time.Second)
		errors.looked(time.Now(), 300, 300)
		requests.looked(time.Now(), 500, 500)
		time.Sleep(time.Second)
		errors.advance(time.Now(), 300, 300)
		requests.advance(time.Now(), 100, 100)
		time.Sleep(time.Second)
		screen.logger(slog.LevelInfo).Info("delivered", "took", 90*time.Second)
		requests.advance(time.Now(), 500, 400)
		<-ended
		text := out.String()
		assert.Contains(t, text, "catching up")
		assert.Contains(t, text, "400/800", "both logs together")
		before, line, found := strings.Cut(text, "time=")
		require.True(t, found)
		assert.True(t, strings.HasSuffix(before, "\r"), "the bar is taken away before a log line: %q", before)
		_, after, found := strings.Cut(line, "msg=delivered took=1m30s\n")
		require.True(t, found, "a log line stays whole")
		assert.Contains(t, after, "catching up", "and the bar is put back")
		assert.True(t, strings.HasSuffix(text, "\r") || strings.HasSuffix(text, "\x1b[2K\r"), "the bar is taken away: %q", text[len(text)-20:])

		screen.logger(slog.LevelInfo).Info("after")
		assert.NotContains(t, out.String()[strings.LastIndex(out.String(), "time="):], "catching up")
	})
}

func TestBarIsNotShownWhereThereIsNothingToCatchUp(t *testing.T) {
	t.Parallel()
	var out logBook
	reached := newStanding("errors", time.Now())
	reached.looked(time.Now(), 0, 0)
	(&screen{out: &out, terminal: true}).catchUp(t.Context(), []*standing{reached})
	assert.Empty(t, out.String())
}

func TestBarEndsWithTheService(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		screen := &screen{out: io.Discard, terminal: true}
		screen.catchUp(ctx, []*standing{newStanding("errors", time.Now())})
		assert.Nil(t, screen.bar)
	})
}

func TestNoBarWithoutATerminal(t *testing.T) {
	t.Parallel()
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	defer file.Close()
	for _, out := range []io.Writer{file, &logBook{}} {
		assert.False(t, newScreen(out).terminal)
	}
	synctest.Test(t, func(t *testing.T) {
		var out logBook
		screen := newScreen(&out)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		screen.catchUp(ctx, []*standing{newStanding("errors", time.Now())})
		require.NoError(t, ctx.Err(), "it returns at once")
		screen.logger(slog.LevelInfo).Info("delivered", "took", 90*time.Second)
		assert.Regexp(t, `^\{"time":.*"msg":"delivered","took":"1m30s"\}\n$`, out.String(), "elsewhere the log is JSON")
	})
}
