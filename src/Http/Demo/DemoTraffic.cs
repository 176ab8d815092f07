using DToC.Grains;
using DToC.Http.Events;
using DToC.Learn.Synthetic;
using DToC.Twin;
using DToC.Twin.State;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DToC.Http.Demo;

/// <summary>Traffic of a synthetic population, for a look around.</summary>
public sealed record DemoOptions
{
    /// <summary>Customers.</summary>
    public int Customers { get; init; } = 200;

    /// <summary>Days of history each has when the first traffic flows.</summary>
    public int HistoryDays { get; init; } = 120;

    /// <summary>Live events a second; above 0.</summary>
    public double EventsPerSecond { get; init; } = 4;

    /// <summary>Draws the population.</summary>
    public ulong Seed { get; init; } = 1;
}

/// <summary>Composition of the demo.</summary>
public static class DemoRegistration
{
    /// <summary>
    /// Adds traffic of the population whose profile has the name of the definition in force.
    /// </summary>
    public static IServiceCollection AddDemoTraffic(this IServiceCollection services, DemoOptions options) =>
        services.AddSingleton(options).AddHostedService<DemoTraffic>();
}

/// <summary>
/// Sends the events of a synthetic population the way a request's events go: first its past, once, then live
/// ones. Seven in ten of its customers consent to everything.
/// </summary>
internal sealed partial class DemoTraffic(
    ITwinHost host, EventIntake intake, DemoOptions options, HttpOptions http, TimeProvider time,
    ILogger<DemoTraffic> log) : BackgroundService
{
    private const int ConsentingOfTen = 7;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var name = host.Plans.Current.Definition.Name;
        if (ProfileReader.Read(name) is not { Profile: { } profile })
        {
            NoProfile(log, name, string.Join(", ", ProfileReader.Shipped));
            return;
        }
        var start = time.GetUtcNow().AddDays(-options.HistoryDays);
        var population = new Population(
            profile with
            {
                Start = start,
                Days = options.HistoryDays,
                JoinWithinDays = Math.Min(profile.JoinWithinDays, options.HistoryDays),
            },
            options.Seed);
        try
        {
            await SendPastAsync(population, stoppingToken);
            while (!stoppingToken.IsCancellationRequested) await SendLiveAsync(population, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task SendPastAsync(Population population, CancellationToken cancellation)
    {
        var first = population.Customer(0).Truth.Customer;
        if (await host.ReadAsync(GrainKey.Customer(first), cancellation) is not null) return;
        var count = 0;
        var chunk = new List<IncomingEvent>(http.ChunkEvents);
        var customers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var next in population.Events(options.Customers, EventOrder.ByTime))
        {
            customers.Add(next.Customer);
            chunk.Add(new IncomingEvent(next.ToUtf8(), 0, null));
            count++;
            if (chunk.Count < http.ChunkEvents) continue;
            await await intake.StartAsync(chunk, new IntakeMode(http.StreamPatience), cancellation);
            chunk.Clear();
        }
        await await intake.StartAsync(chunk, new IntakeMode(http.StreamPatience), cancellation);
        foreach (var customer in customers) await ConsentAsync(customer, cancellation);
        PastSent(log, count, customers.Count);
    }

    private async Task ConsentAsync(string customer, CancellationToken cancellation)
    {
        if (StableHash.Of(customer) % 10 >= ConsentingOfTen) return;
        var changes = host.Plans.Current.Consent.Purposes.Select(
            purpose => new ConsentChange(purpose, ConsentStatus.Granted) { IsExplicit = true }).ToList();
        await host.SendAsync(
            GrainKey.Customer(customer), new CustomerMessage.SetConsents(changes, "demo"), cancellation);
    }

    /// <summary>The same events once more, as if they happened now.</summary>
    private async Task SendLiveAsync(Population population, CancellationToken cancellation)
    {
        var run = time.GetUtcNow().ToUnixTimeSeconds();
        foreach (var next in population.Events(options.Customers, EventOrder.ByTime))
        {
            await Task.Delay(TimeSpan.FromSeconds(1 / options.EventsPerSecond), time, cancellation);
            var live = next with { Id = $"{next.Id}-{run}", Time = Instant.From(time.GetUtcNow()) };
            await await intake.StartAsync(
                [new IncomingEvent(live.ToUtf8(), 0, null)], new IntakeMode(http.StreamPatience),
                cancellation);
        }
    }

    [LoggerMessage(1, LogLevel.Warning,
        "There is no synthetic population for definition {Definition}; the demo has {Known}.")]
    private static partial void NoProfile(ILogger log, string definition, string known);

    [LoggerMessage(2, LogLevel.Information,
        "The past of the demo is sent: {Events} events of {Customers} customers; live traffic flows.")]
    private static partial void PastSent(ILogger log, int events, int customers);
}
