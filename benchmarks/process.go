package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
)

// serverProcess is the server in its own process, as the one that measures sees it.
type serverProcess struct {
	Addresses
	command *exec.Cmd
	input   io.Closer
	control *http.Client // has its own connection, which is not counted
}

// startServer starts this program again, as the server.
func startServer(ctx context.Context) (*serverProcess, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, self, serveFlag) //nolint:gosec // ourselves
	p := &serverProcess{command: command, control: &http.Client{Transport: &http.Transport{}}}
	p.command.Stderr = os.Stderr
	if p.input, err = p.command.StdinPipe(); err != nil {
		return nil, err
	}
	output, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(output).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &p.Addresses)
	}
	if err != nil {
		_ = p.stop()
		return nil, fmt.Errorf("the server did not say where it listens: %w", err)
	}
	return p, nil
}

func (p *serverProcess) stop() error {
	_ = p.input.Close()
	return p.command.Wait()
}

// url is where the server behaves like s.
func (p *serverProcess) url(s scenario) string { return p.Plain + s.path() }

// trusting returns the transport of a client for Secure: net/http's default with the server's certificate.
func (p *serverProcess) trusting() (*http.Transport, error) {
	der, err := base64.StdEncoding.DecodeString(p.Certificate)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	transport := defaultTransport()
	transport.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
	transport.TLSClientConfig.RootCAs.AddCert(certificate)
	return transport, nil
}

func (p *serverProcess) reset(ctx context.Context) error {
	_, err := p.ask(ctx, "/reset")
	return err
}

// drop closes the connections to Fresh and Secure, which would else stay for a while and cost the next clients memory.
func (p *serverProcess) drop(ctx context.Context) error {
	_, err := p.ask(ctx, "/drop")
	return err
}

func (p *serverProcess) counts(ctx context.Context) (counts Counts, err error) {
	body, err := p.ask(ctx, "/counts")
	if err == nil {
		err = json.Unmarshal(body, &counts)
	}
	return counts, err
}

func (p *serverProcess) ask(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.Plain+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	resp, err := p.control.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	return io.ReadAll(resp.Body)
}
