package halopsa_test

import "github.com/halopsa-go/halopsa/internal/trial"

// What these tests share with those in guarantees, by the names that it has here.

type (
	roundTripper = trial.RoundTripper
	tokenFunc    = trial.TokenFunc
)

const standinURL = trial.StandinURL

var (
	plainTenant = trial.Tenant
	answers     = trial.Answers
	answersJSON = trial.AnswersJSON

	newStandin     = trial.NewStandin
	mocked         = trial.Mocked
	respond        = trial.Respond
	visited        = trial.Visited
	staticToken    = trial.StaticToken
	anyCredentials = trial.AnyCredentials
	setEnv         = trial.SetEnv

	getOne     = trial.GetOne
	createOne  = trial.CreateOne
	updateOne  = trial.UpdateOne
	deleteOne  = trial.DeleteOne
	retryCalls = trial.Calls
	trace      = trial.Traces

	services = trial.Services
	finish   = trial.Finish

	formOf    = trial.FormOf
	readAll   = trial.ReadAll
	jsonArray = trial.JSONArray
	sentinels = trial.Sentinels
)
