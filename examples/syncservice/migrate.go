package main

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to date: this service's own, and River's. Processes that start together do it one after the other.
func (db *database[D, T]) migrate(ctx context.Context) error {
	err := db.exclusive(ctx, func() error {
		if err := db.migrateOwn(ctx); err != nil {
			return err
		}
		river, err := rivermigrate.New(db.driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			return err
		}
		_, err = river.Migrate(ctx, rivermigrate.DirectionUp, nil)
		return err
	})
	if err != nil {
		return fmt.Errorf("the database cannot be set up: %w", err)
	}
	return nil
}

// migrateOwn runs the files of migrations that have not run yet, in the order of their numbers.
func (db *database[D, T]) migrateOwn(ctx context.Context) error {
	if _, err := db.pool.exec(ctx, `CREATE TABLE IF NOT EXISTS syncservice_schema (version BIGINT PRIMARY KEY)`); err != nil {
		return err
	}
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	for i, file := range files {
		version := i + 1
		statements, err := migrations.ReadFile(file)
		if err != nil {
			return err
		}
		err = db.transact(ctx, func(_ T, tx querier) error {
			run, err := tx.exec(ctx, `INSERT INTO syncservice_schema (version) VALUES ($1) ON CONFLICT DO NOTHING`, version)
			if err != nil || run == 0 {
				return err
			}
			_, err = tx.exec(ctx, string(statements))
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}
