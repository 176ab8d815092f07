using System.Text;
using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Features;
using DToC.Twin.Plan;
using DToC.Twin.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Twins;

/// <summary>
/// <c>GET /v1/twins/{id}/people</c>. Who belongs where is said of those who belong, so all of them are looked through;
/// a state is taken apart only where the id stands in its bytes.
/// </summary>
internal static class PeopleEndpoint
{
    /// <summary>Most people of one household or account.</summary>
    public const int MaxPeople = 1_000;

    private const int StatesPerPage = 1_024;
    private static readonly TimeSpan ComeBack = TimeSpan.FromSeconds(5);
    private static readonly SemaphoreSlim One = new(1);

    public static void MapPeople(this IEndpointRouteBuilder app) =>
        app.Map(HouseholdRoutes.ReadPeople, ReadAsync)
            .Produces<PeopleForm>().WithProblems(400, 404, 422, 429);

    private static async Task<Results<JsonHttpResult<PeopleForm>, ProblemResult>> ReadAsync(
        string id, string? relation, HttpContext http, ITwinHost host, HttpOptions options, TimeProvider time)
    {
        var of = TwinLookup.IdOf(id);
        if (!TwinLookup.IsId(of, options)) return new ProblemResult(ProblemKind.Malformed, "The id is too long.");
        if (host.IsErased(GrainKey.Customer(of))) return ProblemResult.Of(Reply.Erased.Instance, options);
        var plan = host.Plans.Current;
        var relations = RelationsOf(plan, relation);
        if (relations.Count == 0)
        {
            var known = RelationsOf(plan, null).Select(slot => plan.Events.Attributes[slot].Name).ToList();
            return new ProblemResult(
                ProblemKind.Malformed,
                $"Nothing can be said of a relation '{relation}'; the definition has "
                + (known.Count == 0 ? "none." : $"{string.Join(", ", known)}."));
        }
        if (!await One.WaitAsync(TimeSpan.Zero, http.RequestAborted))
        {
            return new ProblemResult(ProblemKind.Busy, "Another household is being looked for; one is at a time.")
            {
                RetryAfter = ComeBack,
            };
        }
        try
        {
            var people = new People(plan, of, relations, Instant.From(time.GetUtcNow()));
            var trace = Encoding.UTF8.GetBytes(of);
            await foreach (var page in host.ReadAllAsync(
                GrainKind.Customer, null, StatesPerPage, http.RequestAborted))
            {
                foreach (var stored in page.States)
                {
                    if (stored.State.Bytes.Span.IndexOf(trace) < 0 || host.IsErased(stored.Key)) continue;
                    people.Add(stored.Key.Id, CustomerCodec.Read(stored.State.Bytes.Span, host.Plans).Twin);
                    if (people.Count > MaxPeople) return TooMany(of);
                }
            }
            return TypedResults.Json(people.Read(), WireJson.Options);
        }
        finally
        {
            One.Release();
        }
    }

    private static List<int> RelationsOf(TwinPlan plan, string? relation) =>
    [
        .. Enumerable.Range(0, plan.Events.Attributes.Count).Where(slot => plan.Events.Attributes[slot] is
            { IsRelation: true } attribute && (relation is null || attribute.Name == relation)),
    ];

    private static ProblemResult TooMany(string of) => new(
        ProblemKind.NotPossible,
        $"More than {MaxPeople} customers name '{of}'; make a segment of them to see what they have in common.");

    /// <summary>What people add up to.</summary>
    private sealed class People(TwinPlan plan, string of, List<int> relations, Instant now)
    {
        private readonly Vectors _vectors = new(plan);
        private readonly Dictionary<string, List<string>> _members = new(StringComparer.Ordinal);
        private readonly Dictionary<string, PeopleNumberForm> _numbers = new(StringComparer.Ordinal);
        private readonly Dictionary<string, PeopleNumberForm> _scores = new(StringComparer.Ordinal);
        private readonly Dictionary<string, int> _stages = new(StringComparer.Ordinal);

        public int Count { get; private set; }

        /// <summary>Adds a customer, if a relation of it that may be used names the household.</summary>
        public void Add(string customer, CustomerState state)
        {
            if (state.MovedTo is not null || state.Plan != plan) return;
            var named = relations.Where(slot => state.Attribute(slot) is { Text: { } text }
                && AttributeDefinition.TargetsOf(text).Contains(of, StringComparer.Ordinal)).ToList();
            if (named.Count == 0) return;
            FeatureReader.Fill(_vectors, state, now);
            named.RemoveAll(slot => (plan.Vector.AttributeCategories[slot] & _vectors.Unusable) != 0);
            if (named.Count == 0) return;
            foreach (var slot in named)
            {
                var relation = plan.Events.Attributes[slot].Name;
                if (!_members.TryGetValue(relation, out var members)) _members.Add(relation, members = []);
                members.Add(customer);
            }
            Count++;
            Scorer.ScoreAll(_vectors);
            AddNumbers();
            if (plan.Definition.Journey is null || !_vectors.HasStage) return;
            var stage = plan.Fold.Journey.Stages[FeatureReader.Stage(state, now).Stage];
            _stages[stage] = _stages.GetValueOrDefault(stage) + 1;
        }

        public PeopleForm Read()
        {
            foreach (var members in _members.Values) members.Sort(StringComparer.Ordinal);
            return new PeopleForm(of, now, Count, _members, _numbers, _scores, _stages);
        }

        private void AddNumbers()
        {
            for (var slot = 0; slot < plan.Vector.Features.Length; slot++)
            {
                var feature = plan.Vector.Features[slot];
                if (feature.IsCoded || (feature.Categories & _vectors.Unusable) != 0) continue;
                Add(_numbers, feature.Name, _vectors.Numbers[slot]);
            }
            // A score without a basis is none.
            for (var slot = 0; slot < plan.Models.Length; slot++)
                Add(_scores, plan.Models[slot].Name, _vectors.Scores[slot]);
        }

        private static void Add(Dictionary<string, PeopleNumberForm> numbers, string name, double value)
        {
            if (!double.IsFinite(value)) return;
            numbers[name] = numbers.TryGetValue(name, out var known) ? known.And(value) : PeopleNumberForm.Of(value);
        }
    }
}
