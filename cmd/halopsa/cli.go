package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/halopsa-go/halopsa"
)

// grammar is the command line.
type grammar struct {
	Check      checkCommand      `cmd:"" help:"Whether everything is set up right: server, credentials, scopes, rights, clock and limit."`
	Probe      probeCommand      `cmd:"" help:"The tenant's habits: what its lists honor, what they are called and where they are capped."`
	Doctor     doctorCommand     `cmd:"" help:"Which integrations are failing, since when, and with what."`
	List       listCommand       `cmd:"" help:"Print the records of a list: errors, requests, exports, or any other resource."`
	Get        getCommand        `cmd:"" help:"Print one record."`
	Tail       tailCommand       `cmd:"" help:"Print what is logged from now on: errors, requests, log, deltas, traces."`
	Create     createCommand     `cmd:"" help:"Show what would be created; -yes creates it."`
	Update     updateCommand     `cmd:"" help:"Show what would be changed; -yes changes it."`
	Delete     deleteCommand     `cmd:"" help:"Show what would be deleted; -yes deletes it."`
	Standin    standinCommand    `cmd:"" help:"Serve a stand-in of HaloPSA on a port."`
	Completion completionCommand `cmd:"" help:"Print a completion script for a shell."`
	Help       helpCommand       `cmd:"" help:"Explain a subcommand or a topic: ${topics}."`
	Version    versionCommand    `cmd:"" help:"Print the version."`
}

// command is a subcommand, parsed.
type command interface {
	Run(ctx context.Context, t *terminal) error
}

// errHelp ends the parsing of a command line that asks for help.
var errHelp = errors.New("help was printed")

// parse reads a command line. It returns nil and nil after help was printed, and an error of one line for a mistake.
func parse(args []string, t *terminal) (c command, err error) {
	out := &noted{Writer: t.out}
	parser, err := newParser(&grammar{}, out)
	if err != nil {
		return nil, err
	}
	defer func() { // kong leaves with Exit after it has printed help
		if ended := recover(); ended != nil {
			if ended != errHelp { //nolint:errorlint // our own panic or another
				panic(ended)
			}
			c, err = nil, out.err
		}
	}()
	if len(args) == 0 {
		args = []string{"--help"}
	}
	if slices.Contains([]string{"-version", "--version"}, args[0]) {
		args = []string{"version"}
	}
	parsed, err := parser.Parse(plainFlags(parser.Model, args))
	if out.err != nil { // of help that could not be printed
		return nil, out.err
	}
	if err != nil {
		return nil, mistake(err)
	}
	node := parsed.Selected()
	return node.Target.Addr().Interface().(command), nil
}

func newParser(g *grammar, out io.Writer) (*kong.Kong, error) {
	return kong.New(g,
		kong.Name("halopsa"),
		kong.Description("Looks into a HaloPSA tenant. HALOPSA_URL, HALOPSA_CLIENT_ID and HALOPSA_CLIENT_SECRET name it; without them a stand-in server is read. Flags may have one dash or two."),
		kong.Writers(out, out),
		kong.Vars{"resources": names(func(r *resource) bool { return r.list != nil }),
			"logs": names(func(r *resource) bool { return r.follow != nil }), "topics": topics(),
			"gettable": names(func(r *resource) bool { return r.get != nil }), "deletable": names(func(r *resource) bool { return r.delete != nil }),
			"writable": names(func(r *resource) bool { return r.create != nil }),
		},
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Exit(func(int) { panic(errHelp) }),
	)
}

// plainFlags writes the flags of a command line in the one form that leaves nothing to guess, --name=value. So they may have one dash, as those of
// Go's own tools, and a value may begin with a dash.
func plainFlags(app *kong.Application, args []string) (all []string) {
	var flags []*kong.Flag
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			return append(all, args[i:]...)
		}
		name, value, given := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(arg, "-"), "-"), "=")
		if !strings.HasPrefix(arg, "-") || name == "" {
			if at := slices.IndexFunc(app.Children, func(n *kong.Node) bool { return n.Name == arg }); flags == nil && at >= 0 {
				flags = app.Children[at].Flags
			}
			all = append(all, arg)
			continue
		}
		at := slices.IndexFunc(flags, func(f *kong.Flag) bool { return f.Name == name || f.Short > 0 && string(f.Short) == name })
		switch {
		case at < 0 && len(name) > 1 && !numbered.MatchString(arg):
			arg = "--" + strings.TrimLeft(arg, "-") // kong says that there is no such command
		case at >= 0 && given:
			arg = "--" + flags[at].Name + "=" + value
		case at >= 0:
			arg = "--" + flags[at].Name
			if !flags[at].IsBool() && i+1 < len(args) {
				i++
				arg += "=" + args[i]
			}
		}
		all = append(all, arg)
	}
	return all
}

// numbered is a flag of one letter with its number, as in -n5.
var numbered = regexp.MustCompile(`^-[a-z]\d+$`)

// errMistake is returned for a command line that cannot be read.
var errMistake = errors.New("usage")

// mistake makes one line of what is wrong with a command line, and says where to read what is allowed.
func mistake(err error) error {
	text := err.Error()
	var parse *kong.ParseError
	topic := ""
	if errors.As(err, &parse) && parse.Context != nil {
		if node := parse.Context.Selected(); node != nil {
			topic = " " + node.Name
		}
	}
	if strings.Contains(text, "unknown flag") && parse != nil && parse.Context != nil {
		text += "; the flags are " + strings.Join(flagsOf(parse.Context), ", ")
	}
	text = guess.ReplaceAllString(noValue.ReplaceAllString(text, "a value is missing"), "")
	return fmt.Errorf("%w: %s (see halopsa help%s)", errMistake, strings.ReplaceAll(text, "--", "-"), topic)
}

// What kong says of a flag without a value, and what it guesses at where the flags are listed anyway.
var (
	noValue = regexp.MustCompile(`expected \w+ value but got "EOL".*`)
	guess   = regexp.MustCompile(`, did you mean (one of )?"-.*?"\??(;|$)`)
)

// flagsOf lists the flags of the subcommand that a context has come to.
func flagsOf(c *kong.Context) (all []string) {
	for _, flag := range c.Flags() {
		all = append(all, "-"+flag.Name)
	}
	return all
}

// versionCommand prints the version.
type versionCommand struct{}

// Run prints it.
func (versionCommand) Run(_ context.Context, t *terminal) error {
	_, err := fmt.Fprintln(t.out, "halopsa", halopsa.Version)
	return err
}
