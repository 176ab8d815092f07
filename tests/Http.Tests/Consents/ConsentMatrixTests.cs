using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using DToC.Http.Json;
using DToC.Http.Routing;
using DToC.Twin;
using DToC.Twin.State;
using DToC.Twin.Tests.Consent;

namespace DToC.Http.Tests.Consents;

/// <summary>
/// Every route that tells of customers, over everything a customer can have said of every basis: what it tells is
/// lawful, and what is lawful it tells. A new route has to say what it tells, and a new kind of telling is not known
/// here until it has a probe.
/// </summary>
public sealed class ConsentMatrixTests : IAsyncLifetime
{
    private const string Everything =
        """{"help":{"said":"granted","explicit":true},"trade":{"said":"granted","explicit":true}}""";

    private const string Planted = "planted-in-an-event";

    private static readonly IReadOnlyList<(string Id, ConsentRecord Said)> Customers =
        [.. EveryBasis.Said().Select((said, i) => ($"said-{i}", said))];

    private readonly Dictionary<string, string> _forks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _members = new(StringComparer.Ordinal);

    private ApiServer? _server;

    private ApiServer Server => _server ?? throw new InvalidOperationException("Not started.");

    public async Task InitializeAsync()
    {
        _server = await ApiServer.StartAsync();
        var definition = Encoding.UTF8.GetString(EveryBasis.Plan.Source.Bytes.Span);
        await SucceedAsync(HttpMethod.Put, "/v1/definition", definition);
        foreach (var (id, said) in Customers)
        {
            // All there is to know, while all is granted; of who never said anything only what may be kept is.
            if (said.Status != ConsentStatus.Unknown)
                await SucceedAsync(HttpMethod.Put, $"/v1/twins/{id}/consents", Everything);
            await Server.PostEventsAsync(Events(id, "first"));
            foreach (var ground in EveryBasis.Grounds)
                await SendAttributeAsync(id, ground);
            await SucceedAsync(HttpMethod.Post, $"/v1/twins/{id}/next-best-action", "{}");
            foreach (var word in Words(said, Server.Time.GetUtcNow()))
            {
                var both = string.Join(',', EveryBasis.Purposes.Select(purpose => $"\"{purpose}\":{word}"));
                await SucceedAsync(HttpMethod.Put, $"/v1/twins/{id}/consents", $"{{{both}}}");
            }
        }
        Server.Time.Advance(TimeSpan.FromSeconds(30));
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();

    [Fact]
    public async Task Every_route_tells_what_is_lawful_and_nothing_else()
    {
        var wrong = new List<string>();
        foreach (var route in Routes.All)
        {
            if (route.Tells == Disclosure.Deliveries)
            {
                wrong.AddRange(await WrongDeliveriesAsync(route));
                continue;
            }
            foreach (var (id, said) in Customers)
            {
                var told = await ToldAsync(route, id);
                if (told is null) break;
                wrong.AddRange(All(told.Value.Kinds)
                    .Where(use => told.Value.Uses.Contains(use) != told.Value.May(use, said))
                    .Select(use => $"{route.Name} told {told.Value.Uses.Contains(use)} of {use} after {said}"));
            }
        }
        Assert.Empty(wrong);
    }

    /// <summary>What a route told of a customer; null for a route without anything that was kept of one.</summary>
    private async Task<Told?> ToldAsync(ApiRoute route, string id)
    {
        var whose = route.Pattern.StartsWith(HypotheticalRoutes.Read.Pattern, StringComparison.Ordinal)
            ? await ForkOfAsync(id)
            : id;
        var path = route.Pattern.Replace("{id}", whose, StringComparison.Ordinal);
        switch (route.Tells)
        {
            case Disclosure.Twin:
                var twin = (await SucceedAsync(new HttpMethod(route.Method), path)).Json;
                return new Told("afms", InTwin(twin["twin"] ?? twin), EveryBasis.MayUse);
            case Disclosure.Explanation:
                return new Told("m", InExplanation((await SucceedAsync(HttpMethod.Get, path)).Json), EveryBasis.MayUse);
            case Disclosure.Timeline:
                var entries = (await SucceedAsync(HttpMethod.Get, $"{path}?limit=200")).Json["entries"]!.AsArray();
                return new Told("ae", InTimeline(entries), EveryBasis.MayUse);
            case Disclosure.Decision:
                var decision = (await SucceedAsync(HttpMethod.Post, path, "{}")).Json;
                return new Told("afmo", InDecision(decision), EveryBasis.MayUse);
            case Disclosure.Subject:
                var records = (await SucceedAsync(HttpMethod.Get, path)).Json["records"]!.AsArray();
                return new Told("ae", InExport(records), EveryBasis.MayKeep);
            case Disclosure.Receipt when route == Routes.SendEvents:
                return new Told("e", await KeptAsync(id), EveryBasis.MayKeep);
            case Disclosure.Receipt when route == Routes.SendAttributes:
                var kept = new HashSet<string>(StringComparer.Ordinal);
                foreach (var ground in EveryBasis.Grounds)
                {
                    if ((await SendAttributeAsync(id, ground)).Number("accepted") == 1) kept.Add($"a_{ground.Name}");
                }
                return new Told("a", kept, EveryBasis.MayKeep);
            case Disclosure.Receipt or Disclosure.Waiting:
                return null; // answers with what waits, which is no customer's
            case Disclosure.Consents:
                if (route == Routes.EvaluateConsent)
                    AssertSilent(route, await SucceedAsync(HttpMethod.Post, path, $$"""{"customer":"{{id}}"}"""));
                return null;
            case Disclosure.Unions:
                // With itself or a customer that is not there: it tells of the id, and nothing comes of it.
                var body = $$"""{"into":"{{id}}","customer":"nobody"}""";
                AssertSilent(route, await Server.SendAsync(HttpMethod.Post, path, body));
                return null;
            case Disclosure.Simulation:
                // This definition cannot be simulated; who may be is tested where one can.
                AssertSilent(route, await Server.SendAsync(new HttpMethod(route.Method), path, "{}"));
                return null;
            case Disclosure.Erasures:
                return null; // whoever is erased has no consents any more
            case Disclosure.Members when route == SegmentRoutes.Members:
                return new Told("s", await InSegmentsAsync(id), EveryBasis.MayUse);
            case Disclosure.Members:
                return null; // made of segments: whoever is in none of them is in no set or cohort
            case Disclosure.Nothing or Disclosure.Activity or Disclosure.Aggregates:
                if (route.Method == "GET") AssertSilent(route, await Server.GetAsync(path));
                return null;
            default:
                throw new InvalidOperationException($"{route.Tells} is a telling that this test does not know yet.");
        }
    }

    /// <summary>A hypothetical twin of which nothing is assumed: it may tell what the real one may.</summary>
    private async Task<string> ForkOfAsync(string id)
    {
        if (_forks.TryGetValue(id, out var known)) return known;
        var fork = await SucceedAsync(HttpMethod.Post, $"/v1/twins/{id}/hypothetical");
        return _forks[id] = fork.Text("id");
    }

    /// <summary>Decisions are sent anew; those of customers who have said no since are not.</summary>
    private async Task<List<string>> WrongDeliveriesAsync(ApiRoute route)
    {
        var sent = route == DeliveryRoutes.Pages ? await PagedAsync(route) : await StreamedAsync(route);
        Assert.NotEmpty(sent);
        var said = Customers.ToDictionary(customer => customer.Id, customer => customer.Said, StringComparer.Ordinal);
        return [.. sent.Where(decision => !EveryBasis.MayUse(decision.Offer, said[decision.Customer]))
            .Select(decision => $"{decision.Offer} was delivered after {said[decision.Customer]}")];
    }

    private async Task<HashSet<(string Customer, string Offer)>> StreamedAsync(ApiRoute route)
    {
        using var receiver = await Receiver.OpenAsync(Server, lastEventId: null, from: "beginning", route.Pattern);
        var sent = new HashSet<(string Customer, string Offer)>();
        while (true)
        {
            var next = receiver.NextAsync();
            if (await Task.WhenAny(next, Task.Delay(TimeSpan.FromSeconds(2))) != next) return sent;
            sent.Add(Delivered((await next).Data));
        }
    }

    private async Task<HashSet<(string Customer, string Offer)>> PagedAsync(ApiRoute route)
    {
        var sent = new HashSet<(string Customer, string Offer)>();
        for (var after = ""; ;)
        {
            var page = (await SucceedAsync(HttpMethod.Get, $"{route.Pattern}?limit=1000&after={after}")).Json;
            foreach (var one in page["decisions"]!.AsArray()) sent.Add(Delivered(one!["decision"]!));
            var next = page["next"]!.GetValue<string>();
            if (next == after) return sent;
            after = next;
        }
    }

    private static (string Customer, string Offer) Delivered(JsonNode decision) =>
        (decision["customer"]!.GetValue<string>(), decision["offer"]!.GetValue<string>());

    /// <summary>The segments that a customer is listed in.</summary>
    private async Task<HashSet<string>> InSegmentsAsync(string id)
    {
        foreach (var segment in _members.Count > 0 ? [] : EveryBasis.Plan.Segments.Select(segment => segment.Name))
        {
            var page = (await SucceedAsync(HttpMethod.Get, $"/v1/segments/{segment}/members?limit=1000")).Json;
            Assert.Null(page["next"]);
            _members[segment] = page["members"]!.AsArray().Select(member => member!.GetValue<string>())
                .ToHashSet(StringComparer.Ordinal);
        }
        return [.. _members.Where(segment => segment.Value.Contains(id)).Select(segment => segment.Key)];
    }

    private static HashSet<string> InTwin(JsonNode twin)
    {
        var told = Keys(twin["description"]!["features"]!);
        told.UnionWith(Keys(twin["description"]!["attributes"]!));
        foreach (var (name, score) in twin["prediction"]!["scores"]!.AsObject())
        {
            if (score!["value"] is not null) told.Add(name);
        }
        told.UnionWith(twin["prediction"]!["segments"]!.AsArray().Select(name => name!.GetValue<string>()));
        return told;
    }

    private static HashSet<string> InExplanation(JsonNode explanation)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, score) in explanation["scores"]!.AsObject())
        {
            if (score!["value"] is not null || score["reasons"]!.AsArray().Count > 0) told.Add(name);
        }
        return told;
    }

    private static HashSet<string> InTimeline(JsonArray entries)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (entry!["type"] is { } type) told.Add(type.GetValue<string>());
            if (entry["values"] is { } values) told.UnionWith(Keys(values));
        }
        return told;
    }

    /// <summary>What the customer itself is told: all that is kept.</summary>
    private static HashSet<string> InExport(JsonArray records)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var record in records)
        {
            if (record!["event"] is { } e) told.Add(e["type"]!.GetValue<string>());
            if (record["kind"]?.GetValue<string>() == "attributes") told.UnionWith(Keys(record["values"]!));
        }
        return told;
    }

    private static HashSet<string> InDecision(JsonNode decision)
    {
        var vector = decision["vector"]!.AsObject();
        var told = vector.Where(number => number.Value is not null)
            .Select(number => number.Key.Replace("attribute.", "", StringComparison.Ordinal))
            .ToHashSet(StringComparer.Ordinal);
        told.UnionWith(decision["candidates"]!.AsArray()
            .Where(candidate => candidate!["reason"]!.GetValue<string>() != "noLegalBasis")
            .Select(candidate => candidate!["offer"]!.GetValue<string>()));
        return told;
    }

    private async Task<HashSet<string>> KeptAsync(string id)
    {
        var results = (await Server.PostEventsAsync(Events(id, "again"))).Json["results"]!.AsArray();
        return [.. EveryBasis.Grounds.Where((_, i) => results[i]!["status"]!.GetValue<string>() == "accepted")
            .Select(ground => $"e_{ground.Name}")];
    }

    private static void AssertSilent(ApiRoute route, Answer answer) => Assert.False(
        answer.Body.Contains(Planted, StringComparison.Ordinal), $"{route.Name} tells what stood in an event");

    private static IEnumerable<string> All(string kinds)
    {
        foreach (var kind in kinds)
        {
            foreach (var ground in EveryBasis.Grounds)
            {
                if (kind is 'a' or 'e' or 'f') yield return $"{kind}_{ground.Name}";
                else foreach (var purpose in EveryBasis.Purposes) yield return $"{kind}_{ground.Name}_{purpose}";
            }
        }
    }

    private static HashSet<string> Keys(JsonNode node) =>
        node.AsObject().Select(member => member.Key).ToHashSet(StringComparer.Ordinal);

    private string Events(string id, string round)
    {
        var time = Server.Time.GetUtcNow().AddMinutes(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        var events = EveryBasis.Grounds.Select(ground =>
            $$"""
            {"id":"{{round}}-{{ground.Name}}","type":"e_{{ground.Name}}","customer":"{{id}}","time":"{{time}}",
             "properties":{"note":"{{Planted}}"} }
            """);
        return $"[{string.Join(',', events)}]";
    }

    private Task<Answer> SendAttributeAsync(string id, Ground ground) => Server.SendAsync(
        HttpMethod.Post, "/v1/attributes",
        $$"""[{"customer":"{{id}}","origin":"declared","attributes":{"a_{{ground.Name}}":1} }]""");

    /// <summary>What leads to a record, said of a purpose one after the other.</summary>
    private static IEnumerable<string> Words(ConsentRecord said, DateTimeOffset now)
    {
        if (said.Status != ConsentStatus.Unknown)
        {
            List<string> members = [$"\"said\":\"{WireJson.Word(said.Status)}\""];
            if (said.IsExplicit) members.Add("\"explicit\":true");
            // Before the clock is moved, or long after.
            var end = Instant.From(now.AddSeconds(said.Expires > EveryBasis.Now ? 3_600 : 10));
            if (!said.Expires.IsNever) members.Add($"\"expires\":\"{end}\"");
            yield return $"{{{string.Join(',', members)}}}";
        }
        if (said.IsRestricted) yield return "\"restricted\"";
    }

    private async Task<Answer> SucceedAsync(HttpMethod method, string path, string? body = null)
    {
        var answer = await Server.SendAsync(method, path, body);
        Assert.True(
            answer.Status is HttpStatusCode.OK or HttpStatusCode.Created, $"{method} {path}: {answer.Body}");
        return answer;
    }

    /// <summary>What a route told of a customer, the kinds of use it could have, and what it may.</summary>
    private readonly record struct Told(string Kinds, HashSet<string> Uses, Func<string, ConsentRecord, bool> May);
}
