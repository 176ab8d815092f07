using System.Text;
using DToC.Load.Client;
using DToC.Load.Server;
using DToC.Load.Steady;
using DToC.Load.Traffic;
using DToC.Twin.Decisions;

namespace DToC.Load.Soak;

/// <summary>
/// Everything at once, steadily: events in streams and one by one, queries, requests for a next best action, and new
/// customers who consent and order, which must bring a decision each.
/// </summary>
internal sealed class SoakLoad(
    Scene scene, ServerProcess server, Roster roster, TrafficLanes lanes) : IDisposable
{
    private const double QueriesPerSecond = 100;
    private const double SinglesPerSecond = 100;
    private const double ActionsPerSecond = 10;

    /// <summary>New customers are few: each stays in memory, which is to be seen flat.</summary>
    private const double NewcomersPerSecond = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly DecisionEar _ear = DecisionEar.Open(server);
    private readonly RequestFlow _actions = new(server, ActionsPerSecond, connections: 2);
    private readonly RequestFlow _newcomers = new(server, 2 * NewcomersPerSecond, connections: 1);
    private readonly RetailTraffic _singles = scene.Traffic([.. roster.Ids.Where((_, i) => Latencies.IsProbe(i))]);

    /// <summary>The streams; they send nothing before <see cref="RunAsync"/> says how much.</summary>
    public EventFlow Events { get; private set; } = new(server, lanes, StreamPeak.Streams, 0);

    public RequestFlow Queries { get; } = new(server, QueriesPerSecond, connections: 8);

    public RequestFlow Singles { get; } = new(server, SinglesPerSecond, connections: 16);

    public DecisionEar Ear => _ear;

    /// <summary>Answers that said something went wrong.</summary>
    public long Errors =>
        Events.Errors + Queries.Errors + Singles.Errors + _actions.Errors + _newcomers.Errors;

    /// <summary>The first of them.</summary>
    public string? FirstError =>
        Queries.FirstError ?? Singles.FirstError ?? _actions.FirstError ?? _newcomers.FirstError;

    /// <summary>Decisions that should have come long ago.</summary>
    public int Missing => _ear.MissingFor(Patience);

    /// <summary>All but the streams and the newcomers, for as long as some work takes beside them.</summary>
    public async Task RunBesideAsync(Task work, CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = Task.WhenAll(
            Queries.RunAsync(QueryOf, long.MaxValue, ending.Token),
            Singles.RunAsync(NextSingle, long.MaxValue, ending.Token),
            _actions.RunAsync(ActionOf, long.MaxValue, ending.Token));
        try
        {
            await work;
        }
        finally
        {
            await ending.CancelAsync();
            await running;
        }
        Queries.Ms.Drain();
        Singles.Ms.Drain();
        DrainUnwatched();
    }

    public async Task RunAsync(double eventsPerSecond, double seconds, CancellationToken cancellation)
    {
        Events = new EventFlow(server, lanes, StreamPeak.Streams, eventsPerSecond);
        await Task.WhenAll(
            Events.RunAsync(seconds, cancellation),
            Queries.RunAsync(QueryOf, (long)(seconds * QueriesPerSecond), cancellation),
            Singles.RunAsync(NextSingle, (long)(seconds * SinglesPerSecond), cancellation),
            _actions.RunAsync(ActionOf, (long)(seconds * ActionsPerSecond), cancellation),
            _newcomers.RunAsync(Newcomers(), (long)(seconds * 2 * NewcomersPerSecond), cancellation));
        await _ear.DrainAsync(Patience, cancellation);
    }

    /// <summary>Forgets the times that only this driver would gather.</summary>
    public void DrainUnwatched()
    {
        foreach (var samples in new[]
        {
            Events.OversleptMs, Queries.OversleptMs, Singles.OversleptMs, _actions.OversleptMs, _newcomers.OversleptMs,
            _actions.Ms, _newcomers.Ms,
        })
        {
            samples.Drain();
        }
    }

    public void Dispose() => _ear.Dispose();

    private ReadOnlySpan<byte> QueryOf(Requests requests, long number, long dueAt) =>
        requests.Of(Ascii($"GET /v1/twins/{Customer(number)}"), []);

    private ReadOnlySpan<byte> ActionOf(Requests requests, long number, long dueAt) => requests.Of(
        Ascii($"POST /v1/twins/{Customer(number)}/next-best-action"), "{\"context\":{\"channel\":\"web\"}}"u8);

    /// <summary>Events of customers of their own, out of the streams.</summary>
    private ReadOnlySpan<byte> NextSingle(Requests requests, long number, long dueAt)
    {
        PreparedEvents one;
        lock (_singles) one = _singles.Take(1);
        return requests.Of("POST /v1/events"u8, one.Json(0).Span);
    }

    /// <summary>In turns: the consent of a new customer, and that customer's order.</summary>
    private RequestFlow.Compose Newcomers()
    {
        var traffic = scene.Traffic(["newcomer"]);
        var (customer, number) = ("", 0);
        return (requests, turn, dueAt) =>
        {
            if (turn % 2 == 0)
            {
                do customer = $"newcomer-{number++:d7}"; while (Decider.IsHeldOut(scene.Plan, customer));
                return requests.Of(
                    Ascii($"PUT /v1/twins/{customer}/consents"),
                    "{\"personalization\":\"granted\",\"marketing\":\"granted\"}"u8);
            }
            _ear.Expect(customer, dueAt);
            return requests.Of("POST /v1/events"u8, traffic.Order(customer));
        };
    }

    private string Customer(long number) => roster.Ids[number * 7_919L % roster.Ids.Length];

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);
}
