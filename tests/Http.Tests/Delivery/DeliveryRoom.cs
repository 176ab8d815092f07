using System.Net;
using System.Text;
using DToC.Embedded;
using DToC.Embedded.Tests;
using DToC.Grains;
using DToC.Http.Decisions;
using DToC.Http.Delivery;
using DToC.Http.Delivery.Queues;
using DToC.Http.Twins;
using DToC.Twin;
using DToC.Twin.Decisions;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Plan;
using DToC.Twin.State;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DToC.Http.Tests.Delivery;

/// <summary>A host with destinations and a clock that stands still until a test moves it.</summary>
internal sealed class DeliveryRoom : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(240);
    private static readonly TimeSpan ForSockets = TimeSpan.FromMilliseconds(250);

    private readonly HttpOptions _options = new() { DeliveryNetworks = [IPNetwork.Parse("127.0.0.0/8")] };
    private readonly bool _deletes;
    private int _event;

    private DeliveryRoom(string? folder)
    {
        _deletes = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("dtoc-delivery-").FullName;
        Host = new InterceptedHost(Open());
        Begin();
    }

    public string Folder { get; }

    public FakeTime Time { get; } = new();

    public InterceptedHost Host { get; private set; }

    public DeliveryEngine Engine { get; private set; } = null!; // set by Begin

    public DestinationDesk Desk { get; private set; } = null!; // set by Begin

    private EmbeddedHost Embedded { get; set; } = null!; // set by Open

    public static async Task<DeliveryRoom> StartAsync(string? folder = null)
    {
        var room = new DeliveryRoom(folder);
        await room.Engine.StartAsync(default);
        return room;
    }

    /// <summary>Ends the process as far as deliveries go, and begins anew on what is kept.</summary>
    public async Task RestartAsync()
    {
        await Engine.StopAsync(default);
        Engine.Dispose();
        await Embedded.DisposeAsync();
        Host = new InterceptedHost(Open());
        Begin();
        await Engine.StartAsync(default);
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.StopAsync(default);
        Engine.Dispose();
        await Embedded.DisposeAsync();
        if (_deletes) Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Makes a destination that is a webhook.</summary>
    public async Task AddAsync(string name, string url, Func<DestinationRequest, DestinationRequest>? with = null)
    {
        var wanted = new DestinationRequest
        {
            Name = name,
            Kind = DestinationKind.Webhook,
            Url = url,
            Retry = new RetryForm(Attempts: 60, FirstDelaySeconds: 1, MaxDelaySeconds: 600),
        };
        var (problem, _) = await Desk.PutAsync(name, with?.Invoke(wanted) ?? wanted, before: null, default);
        Assert.Null(problem);
    }

    /// <summary>A decision that is published, for a customer who is not in the control group.</summary>
    /// <param name="prefix">Names the customer, with a number behind it.</param>
    /// <returns>The decision's id, and the customer's.</returns>
    public async Task<(string Decision, string Customer)> DecideAsync(string prefix)
    {
        for (var number = 0; ; number++)
        {
            var customer = $"{prefix}-{number}";
            if (await DecideForAsync(customer) is { } decision) return (decision, customer);
        }
    }

    /// <summary>A decision that an order fires, which rests on the order; published as others are.</summary>
    public async Task<(string Decision, string Customer)> DecideOnOrderAsync(string prefix)
    {
        for (var number = 0; ; number++)
        {
            var customer = $"{prefix}-{number}";
            await SayAsync(customer, ConsentStatus.Granted);
            await ObserveAsync(customer, "Order Completed", """{"total":100,"currency":"EUR"}""");
            var journal = await Host.ReadJournalAsync(GrainKey.Customer(customer), default);
            var record = journal.Where(entry => entry.Kind == JournalKind.Decision)
                .Select(entry => DecisionRecord.Read(Envelope.Open(entry.Payload.Span))).Last();
            if (record.Winner != Decider.NoWinner && !record.Inputs.Holdout) return (record.Id, customer);
        }
    }

    /// <summary>A decision for a customer; null when it is in the control group.</summary>
    public async Task<string?> DecideForAsync(string customer)
    {
        var key = GrainKey.Customer(customer);
        await ObserveAsync(customer, "Product Viewed", "{}");
        var decided = Assert.IsType<CustomerReply.Decided>(
            await SendAsync(key, new CustomerMessage.Decide(new string?[ContextKeys.Count])));
        return decided.Decision.Winner == Decider.NoWinner ? null : decided.Decision.Id;
    }

    public async Task<Reply> SendAsync(GrainKey key, GrainMessage message) =>
        await Host.SendAsync(key, message, default);

    /// <summary>The customer says the same of all that decisions are made for.</summary>
    public async Task SayAsync(string customer, ConsentStatus said)
    {
        var changes = Host.Plans.Current.Consent.Purposes.Select(purpose => new ConsentChange(purpose, said));
        Assert.IsNotType<CustomerReply.Refused>(await SendAsync(
            GrainKey.Customer(customer), new CustomerMessage.SetConsents([.. changes], "test")));
    }

    private async Task ObserveAsync(string customer, string type, string properties)
    {
        var id = Interlocked.Increment(ref _event);
        var json =
            $$"""{"id":"e{{id}}","type":"{{type}}","customer":"{{customer}}","properties":{{properties}} }""";
        var reading = new EventReader(Host.Plans.Current.Events, EventLimits.Default)
            .Read(Encoding.UTF8.GetBytes(json), Instant.From(Time.GetUtcNow()));
        var read = Assert.IsType<EventReading.Read>(reading);
        Assert.IsType<CustomerReply.Observed>(
            await SendAsync(GrainKey.Customer(customer), new CustomerMessage.Observe([read.Event])));
    }

    public async Task EraseAsync(string customer)
    {
        var subject = await CustomerSubject.FindAsync(Host, Host.Plans, customer, default);
        var erasing = Host.EraseAsync(subject, "test", default).AsTask();
        await SoonAsync(() => erasing.IsCompleted);
        await erasing;
    }

    public DestinationStatus StatusOf(string name) =>
        Engine.StatusOf(name) ?? throw new InvalidOperationException($"There is no {name}.");

    /// <summary>Moves the clock until something is so; in steps, so that what waits for each other meets.</summary>
    public async Task UntilAsync(Func<bool> isSo, TimeSpan step, TimeSpan most)
    {
        var until = Time.GetUtcNow() + most;
        var real = System.Diagnostics.Stopwatch.StartNew();
        while (!isSo())
        {
            Assert.True(Time.GetUtcNow() < until, "It did not come to pass within the time of the clock.");
            Assert.True(real.Elapsed < Patience, "It did not come to pass within four minutes.");
            // Sockets and commits take real time: the clock goes on when nothing is on its way, or when what is hangs.
            var begun = real.Elapsed;
            do await Task.Delay(2);
            while (real.Elapsed - begun < ForSockets && Engine.Status().Any(one => one.InFlight > 0));
            Time.Advance(step);
        }
    }

    /// <summary>Waits, with the clock standing still but for what commits wait for.</summary>
    public Task SoonAsync(Func<bool> isSo) =>
        UntilAsync(isSo, TimeSpan.FromMilliseconds(20), TimeSpan.FromMinutes(10));

    private EmbeddedHost Open()
    {
        var source = ShippedDefinitions.Find(ShippedDefinitions.Default)
            ?? throw new InvalidOperationException("The retail definition is not there.");
        Embedded = EmbeddedHost.Start(
            new EmbeddedOptions
            {
                DataFolder = Folder,
                Catalog = TwinGrains.Catalog(),
                InitialPlan = TwinPlan.LoadKept(source),
                LoadPlan = TwinPlan.LoadKept,
                Partitions = 2,
                Time = Time,
            },
            NullLogger.Instance);
        return Embedded;
    }

    private void Begin()
    {
        var leaving = new LeavingDecisions(Host, new TwinLookup(Host, _options), Time);
        var table = new ConnectorTable(Host);
        Engine = new DeliveryEngine(
            Host, table, new OutgoingMessages(Host, leaving), _options, Time,
            NullLoggerFactory.Instance.CreateLogger<DeliveryEngine>());
        Desk = new DestinationDesk(table, Engine, Host, _options, Time);
    }
}
