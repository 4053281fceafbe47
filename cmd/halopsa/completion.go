package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// completionCommand prints a completion script.
type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Run prints the script for the shell.
func (c *completionCommand) Run(_ context.Context, t *terminal) error {
	parser, err := newParser(&grammar{}, io.Discard)
	if err != nil {
		return err
	}
	if c.Shell == "fish" {
		return fish(t.out, parser.Model)
	}
	if c.Shell == "zsh" {
		if _, err := fmt.Fprintln(t.out, "autoload -U +X bashcompinit && bashcompinit"); err != nil {
			return err
		}
	}
	return bash(t.out, parser.Model)
}

// subcommands are what completion offers: the words after each subcommand, and its flags.
func subcommands(app *kong.Application) (all []completed) {
	for _, node := range app.Children {
		one := completed{name: node.Name, help: node.Help}
		for _, flag := range node.Flags {
			one.flags = append(one.flags, "-"+flag.Name)
		}
		for i := range resources {
			r := &resources[i]
			has := map[string]bool{"list": r.list != nil, "get": r.get != nil, "tail": r.follow != nil, "create": r.create != nil, "update": r.update != nil, "delete": r.delete != nil}
			if has[node.Name] {
				one.words = append(one.words, r.short[0])
			}
		}
		switch node.Name {
		case "completion":
			one.words = []string{"bash", "zsh", "fish"}
		case "help":
			one.words = strings.Split(topics(), ", ")
		}
		all = append(all, one)
	}
	return all
}

type completed struct {
	name, help   string
	flags, words []string
}

func bash(out io.Writer, app *kong.Application) error {
	var names []string
	var b strings.Builder
	for _, c := range subcommands(app) {
		names = append(names, c.name)
		fmt.Fprintf(&b, "    %s) words=%q; flags=%q ;;\n", c.name, strings.Join(c.words, " "), strings.Join(c.flags, " "))
	}
	_, err := fmt.Fprintf(out, `_halopsa() {
  local current="${COMP_WORDS[COMP_CWORD]}" words="" flags=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W %q -- "$current"))
    return
  fi
  case "${COMP_WORDS[1]}" in
%s  esac
  if [ "$COMP_CWORD" -eq 2 ] && [ "${current:0:1}" != "-" ]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    COMPREPLY=($(compgen -W "$flags" -- "$current"))
  fi
}
complete -o default -F _halopsa halopsa
`, strings.Join(names, " "), b.String())
	return err
}

func fish(out io.Writer, app *kong.Application) error {
	var b strings.Builder
	for _, c := range subcommands(app) {
		fmt.Fprintf(&b, "complete -c halopsa -n __fish_use_subcommand -f -a %s -d %q\n", c.name, c.help)
		for _, flag := range c.flags {
			fmt.Fprintf(&b, "complete -c halopsa -n '__fish_seen_subcommand_from %s' -l %s\n", c.name, strings.TrimPrefix(flag, "-"))
		}
		if len(c.words) > 0 {
			fmt.Fprintf(&b, "complete -c halopsa -n '__fish_seen_subcommand_from %s' -f -a %q\n", c.name, strings.Join(c.words, " "))
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}
