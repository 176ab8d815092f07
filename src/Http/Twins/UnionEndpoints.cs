using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Twin.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Twins;

/// <summary>Whom to merge a customer into.</summary>
internal sealed record MergeForm(string? Into);

/// <summary>Whom to split off.</summary>
internal sealed record SplitForm(string? Customer);

/// <summary>Which twin stands for a customer id.</summary>
/// <param name="Customer">The id.</param>
/// <param name="Twin">The twin that stands for it.</param>
/// <param name="Merged">Others whose ids lead to that twin.</param>
/// <param name="UnderWay">True while it has been decided and is not through: messages to the id wait so long.</param>
internal sealed record UnionForm(string Customer, string Twin, IReadOnlyList<string> Merged, bool UnderWay);

/// <summary><c>POST /v1/twins/{id}/merge</c> and <c>POST /v1/twins/{id}/split</c>.</summary>
internal static class UnionEndpoints
{
    // A merge and a split are through with effects of the turn that was answered: soon, but not at once.
    private const int Looks = 40;
    private const int BetweenLooksMs = 25;

    public static void MapUnions(this IEndpointRouteBuilder app)
    {
        app.Map(Routes.MergeTwins, MergeAsync).Takes<MergeForm>(isRequired: true, "application/json")
            .Produces<UnionForm>().WithProblems(400, 404, 409, 413, 422, 429, 503);
        app.Map(Routes.SplitTwins, SplitAsync).Takes<SplitForm>(isRequired: true, "application/json")
            .Produces<UnionForm>().WithProblems(400, 404, 409, 413, 422, 429, 503);
    }

    private static async Task<Results<JsonHttpResult<UnionForm>, ProblemResult>> MergeAsync(
        string id, HttpContext http, TwinLookup twins, ITwinHost host, HttpOptions options)
    {
        var form = await RequestBody.ReadJsonAsync<MergeForm>(http.Request, options.MaxBodyBytes, http.RequestAborted);
        if (form?.Into is not { Length: > 0 } into)
            return Malformed("""The body names whom to merge it into, such as {"into": "c-42"}.""");
        var customer = TwinLookup.IdOf(id);
        if (into == customer) return Refused("into", $"'{into}' is this customer; name another.");
        if (await twins.FindAsync(id, http.RequestAborted) is not { } twin) return twins.NotFound(id);
        if (await Find(into) is not { } target)
            return Refused("into", $"Nothing is known of a customer '{into}'; send an event first, or correct the id.");
        if (twin.Customer != target.Customer)
        {
            if (twin.State.Merged.Count + target.State.Merged.Count + 1 > CustomerState.MaxMerged)
            {
                return new ProblemResult(ProblemKind.Conflict,
                    $"At most {CustomerState.MaxMerged} customers can be united in one; '{twin.Customer}' has taken in "
                    + $"{twin.State.Merged.Count}, '{target.Customer}' {target.State.Merged.Count}.");
            }
            var message = new CustomerMessage.MergeInto(target.Customer);
            var reply = await host.SendAsync(GrainKey.Customer(twin.Customer), message, http.RequestAborted);
            if (reply is not Reply.Done) return ProblemResult.Of(reply, options);
        }
        for (var look = 0; ; look++)
        {
            var now = await Find(customer);
            var isThrough = now is not null && (now.Customer == customer || now.State.Merged.Contains(customer));
            if (isThrough || look == Looks)
                return Told(customer, now?.Customer ?? target.Customer, now?.State.Merged ?? [], !isThrough);
            await Task.Delay(BetweenLooksMs, http.RequestAborted);
        }

        ValueTask<FoundTwin?> Find(string other) => twins.FindAsync(other, http.RequestAborted);
    }

    private static async Task<Results<JsonHttpResult<UnionForm>, ProblemResult>> SplitAsync(
        string id, HttpContext http, TwinLookup twins, ITwinHost host, HttpOptions options)
    {
        var form = await RequestBody.ReadJsonAsync<SplitForm>(http.Request, options.MaxBodyBytes, http.RequestAborted);
        if (form?.Customer is not { Length: > 0 } customer)
            return Malformed("""The body names whom to split off, such as {"customer": "c-42"}.""");
        if (await twins.FindAsync(id, http.RequestAborted) is not { } twin) return twins.NotFound(id);
        if (customer == twin.Customer)
            return Refused("customer", $"'{customer}' is what the others are merged into; name one of them.");
        if (await twins.FindAsync(customer, http.RequestAborted) is not { } other)
            return Refused("customer", $"Nothing is known of a customer '{customer}'.");
        if (!twin.State.Merged.Contains(customer) && !twin.State.HasParted(customer, 0))
        {
            return other.Customer == twin.Customer
                ? new ProblemResult(ProblemKind.Unavailable, $"The merge of '{customer}' is under way; ask again.")
                {
                    RetryAfter = options.RetryAfterUnavailable,
                }
                : new ProblemResult(ProblemKind.Conflict, $"'{customer}' is not merged into '{twin.Customer}'.");
        }
        var message = new CustomerMessage.Split(customer);
        var reply = await host.SendAsync(GrainKey.Customer(twin.Customer), message, http.RequestAborted);
        if (reply is not Reply.Done) return ProblemResult.Of(reply, options);
        for (var look = 0; ; look++)
        {
            var now = await twins.FindAsync(customer, http.RequestAborted);
            if (now is not null && now.Customer != twin.Customer)
                return Told(customer, now.Customer, now.State.Merged, isUnderWay: false);
            if (look == Looks) return Told(customer, customer, [], isUnderWay: true);
            await Task.Delay(BetweenLooksMs, http.RequestAborted);
        }
    }

    private static JsonHttpResult<UnionForm> Told(
        string customer, string twin, IReadOnlyList<string> merged, bool isUnderWay) =>
        TypedResults.Json(new UnionForm(customer, twin, merged, isUnderWay), WireJson.Options);

    private static ProblemResult Malformed(string detail) => new(ProblemKind.Malformed, detail);

    private static ProblemResult Refused(string field, string detail) => new(ProblemKind.NotPossible, detail)
    {
        More = new Dictionary<string, object?>(StringComparer.Ordinal) { ["field"] = field },
    };
}
