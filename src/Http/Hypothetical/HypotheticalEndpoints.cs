using System.Text.Json;
using DToC.Grains;
using DToC.Http.Access;
using DToC.Http.Decisions;
using DToC.Http.Events;
using DToC.Http.Json;
using DToC.Http.Limits;
using DToC.Http.Models;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Http.Twins;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Hypothetical;

/// <summary><c>POST /v1/twins/{id}/hypothetical</c> and <c>/v1/hypothetical</c>.</summary>
internal static class HypotheticalEndpoints
{
    private const string Json = "application/json";

    public static void MapHypothetical(this IEndpointRouteBuilder app)
    {
        app.Map(HypotheticalRoutes.Fork, ForkAsync).Takes<AssumptionForm>(isRequired: false, Json)
            .Produces<HypotheticalForm>(StatusCodes.Status201Created).WithProblems(400, 404, 410, 413, 422, 429);
        app.Map(HypotheticalRoutes.MakeUp, MakeUpAsync).Takes<AssumptionForm>(isRequired: false, Json)
            .Produces<HypotheticalForm>(StatusCodes.Status201Created).WithProblems(400, 413, 422, 429);
        app.Map(HypotheticalRoutes.List, List).Produces<IReadOnlyList<HypotheticalEntryForm>>();
        app.Map(HypotheticalRoutes.Read, ReadAsync).Produces<HypotheticalForm>().WithProblems(400, 404);
        app.Map(HypotheticalRoutes.SendEvents, ObserveAsync).Takes<IReadOnlyList<EventForm>>(isRequired: true, Json)
            .Produces<EventsAnswerForm>().WithProblems(400, 404, 409, 413, 422, 429);
        app.Map(HypotheticalRoutes.Explain, ExplainAsync).Produces<ExplanationView>().WithProblems(400, 404);
        app.Map(HypotheticalRoutes.NextBestAction, DecideAsync).Takes<MomentForm>(isRequired: false, Json)
            .Produces<DecisionForm>().WithProblems(400, 404, 413, 422, 429);
        app.Map(HypotheticalRoutes.Delete, Delete).Produces(StatusCodes.Status204NoContent).WithProblems(404);
    }

    private static async Task<Results<JsonHttpResult<HypotheticalForm>, ProblemResult>> ForkAsync(
        string id, HttpContext http, TwinLookup twins, HypotheticalTwins hypothetical, AssumptionReading reading,
        HttpOptions options, TimeProvider time)
    {
        var form = await RequestBody.ReadJsonAsync<AssumptionForm>(
            http.Request, options.MaxBodyBytes, http.RequestAborted);
        if (await twins.FindAsync(id, http.RequestAborted) is not { } twin) return twins.NotFound(id);
        return await MakeAsync(form, twin, http, hypothetical, reading, time);
    }

    private static async Task<Results<JsonHttpResult<HypotheticalForm>, ProblemResult>> MakeUpAsync(
        HttpContext http, HypotheticalTwins hypothetical, AssumptionReading reading, HttpOptions options,
        TimeProvider time)
    {
        var form = await RequestBody.ReadJsonAsync<AssumptionForm>(
            http.Request, options.MaxBodyBytes, http.RequestAborted);
        return await MakeAsync(form, null, http, hypothetical, reading, time);
    }

    private static async Task<Results<JsonHttpResult<HypotheticalForm>, ProblemResult>> MakeAsync(
        AssumptionForm? form, FoundTwin? of, HttpContext http, HypotheticalTwins hypothetical,
        AssumptionReading reading, TimeProvider time)
    {
        form ??= new AssumptionForm();
        if (RateHeaders.TakeEvents(http, form.Events?.Count ?? 0) is { } over) return over;
        var now = Instant.From(time.GetUtcNow());
        var hypothesis = reading.Read(form, of, now, http.KeyId(), out var wrong);
        if (wrong is not null) return wrong;
        var (found, problem) = await hypothetical.MakeAsync(hypothesis!, of, http.RequestAborted); // nothing is wrong
        if (problem is not null) return problem;
        var answer = found!.ToForm(persona: null); // without a problem it is there
        return TypedResults.Json(
            form.Events is null ? answer : answer with { Results = AnswersOf(found) }, WireJson.Options,
            statusCode: StatusCodes.Status201Created);
    }

    private static JsonHttpResult<IReadOnlyList<HypotheticalEntryForm>> List(HttpContext http, HypothesisShelf shelf) =>
        TypedResults.Json<IReadOnlyList<HypotheticalEntryForm>>(
            [.. shelf.Of(http.KeyId()).Select(static kept => kept.ToEntry())], WireJson.Options);

    private static async Task<Results<JsonHttpResult<HypotheticalForm>, ProblemResult>> ReadAsync(
        string id, string? persona, HttpContext http, HypotheticalTwins hypothetical, ITwinHost host, TimeProvider time)
    {
        if (WrongPersona(persona, host, time) is { } wrong) return wrong;
        return await hypothetical.FindAsync(id, http.RequestAborted) is { } found
            ? TypedResults.Json(found.ToForm(persona), WireJson.Options)
            : HypotheticalTwins.NotFound(id);
    }

    private static async Task<Results<JsonHttpResult<EventsAnswerForm>, ProblemResult>> ObserveAsync(
        string id, HttpContext http, HypotheticalTwins hypothetical, AssumptionReading reading, ITwinHost host,
        HttpOptions options)
    {
        var body = await RequestBody.ReadAllAsync(http.Request, options.MaxBodyBytes, http.RequestAborted);
        var json = JsonSerializer.Deserialize<JsonElement>(body.Span, WireJson.Options);
        IReadOnlyList<JsonElement> events = json.ValueKind == JsonValueKind.Array ? [.. json.EnumerateArray()] : [json];
        if (RateHeaders.TakeEvents(http, events.Count) is { } over) return over;
        if (await hypothetical.FindAsync(id, http.RequestAborted) is not { } before)
            return HypotheticalTwins.NotFound(id);
        var read = new List<TouchpointEvent>(events.Count);
        var wrong = reading.ReadEvents(
            events, before.Real, host.Plans.Current, before.AsOf, before.Kept.Events, read);
        if (wrong is not null) return wrong;
        if (read.Count == 0) return TypedResults.Json(Counted([]), WireJson.Options);
        var (found, problem) = await hypothetical.ObserveAsync(
            before, new AssumedEvents(before.AsOf, read), http.RequestAborted);
        if (problem is not null) return problem;
        return TypedResults.Json(Counted(AnswersOf(found!)), WireJson.Options); // without a problem it is there
    }

    private static async Task<Results<JsonHttpResult<ExplanationView>, ProblemResult>> ExplainAsync(
        string id, string? model, double? level, string? persona, HttpContext http, HypotheticalTwins hypothetical,
        ITwinHost host, TimeProvider time)
    {
        var probability = level ?? ScoreView.Level;
        if ((ExplainEndpoint.WrongLevel(probability) ?? WrongPersona(persona, host, time)
            ?? ExplainEndpoint.NoSuch(model, host.Plans.Current)) is { } wrong) return wrong;
        if (await hypothetical.FindAsync(id, http.RequestAborted) is not { } found)
            return HypotheticalTwins.NotFound(id);
        return TypedResults.Json(
            ExplanationView.Of(id, found.FacetOf(persona), found.AsOf, model, probability), WireJson.Options);
    }

    private static async Task<Results<JsonHttpResult<DecisionForm>, ProblemResult>> DecideAsync(
        string id, HttpContext http, HypotheticalTwins hypothetical, ITwinHost host, HttpOptions options,
        TimeProvider time)
    {
        var moment = await RequestBody.ReadJsonAsync<MomentForm>(
            http.Request, options.MaxBodyBytes, http.RequestAborted);
        if (AskedContext.Read(moment?.Context, options.Events, out var context) is { } wrong)
            return new ProblemResult(ProblemKind.Malformed, wrong);
        if (WrongPersona(moment?.Persona, host, time) is { } noSuch) return noSuch;
        if (await hypothetical.FindAsync(id, http.RequestAborted) is not { } found)
            return HypotheticalTwins.NotFound(id);
        var reply = await hypothetical.DecideAsync(
            found, new CustomerMessage.Decide(context) { Persona = moment?.Persona }, http.RequestAborted);
        if (reply is not CustomerReply.Decided { Decision: var decision }) return ProblemResult.Of(reply, options);
        // Under no customer's name, nor a pseudonym of one, and under an id that no decision has.
        var form = DecisionForm.Of(decision, found.Twin.State.Plan) with
        {
            Id = $"{id}#{found.Twin.State.DecisionCount + 1}",
            Customer = id,
        };
        return TypedResults.Json(form, WireJson.Options);
    }

    private static Results<NoContent, ProblemResult> Delete(string id, HypothesisShelf shelf) =>
        shelf.Remove(id) ? TypedResults.NoContent() : HypotheticalTwins.NotFound(id);

    private static List<EventAnswerForm> AnswersOf(FoundHypothetical found)
    {
        if (found.Kept.Assumed.Events is not [.., var last]) return [];
        return
        [
            .. last.Events.Zip(found.Twin.Results, (e, result) =>
            {
                var answer = EventAnswer.Of(result, e.Id, found.Kept.Id);
                return new EventAnswerForm(null, answer.Id, answer.Status, answer.Customer, answer.Reason);
            }),
        ];
    }

    private static EventsAnswerForm Counted(IReadOnlyList<EventAnswerForm> answers)
    {
        int Count(AnswerStatus status) => answers.Count(answer => answer.Status == status);
        return new EventsAnswerForm(
            Count(AnswerStatus.Accepted), Count(AnswerStatus.Duplicate), Count(AnswerStatus.Refused),
            Count(AnswerStatus.Quarantined), Count(AnswerStatus.Retry), answers);
    }

    private static ProblemResult? WrongPersona(string? persona, ITwinHost host, TimeProvider time) =>
        AskedMoment.Read(null, persona, host.Plans.Current, Instant.From(time.GetUtcNow())).Problem;
}
