using System.Globalization;
using System.Text.Json;
using DToC.Twin.Draws;

namespace DToC.Cli.Tests.Learning;

/// <summary>
/// Customers of a small shop in a data folder, read by all tests of a class, changed by none: each has two favourite
/// products of eight and a pace of its own, looks more often than it buys, and lapses after 40 quiet days.
/// </summary>
public sealed class ShopFolder : IAsyncLifetime
{
    private const int Customers = 120;
    private const int Days = 365;

    private static readonly DateTime Start = new(2025, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    private const string Definition = """
        {
          "name": "shop", "version": "1", "customer": { "kinds": ["person"] }, "purposes": ["service"],
          "categories": { "orders": { "retentionDays": 3650, "bases": { "service": "contract" } } },
          "events": {
            "Seen": { "category": "orders" },
            "Bought": {
              "category": "orders", "signals": { "product": { "path": "products[]", "type": "token" } }
            }
          },
          "features": {
            "last": { "kind": "lastEvent", "of": ["Bought", "Seen"] },
            "basket": { "kind": "basket", "of": "Bought.product", "halfLifeDays": 180, "capacity": 8 },
            "stage_now": { "kind": "stage" },
            "stage_days": { "kind": "timeInStage" },
            "purchases": { "kind": "count", "of": "Bought" }
          },
          "journey": {
            "initial": "new",
            "stages": { "new": {}, "buyer": { "idleDays": 40, "idleTo": "lapsed" }, "lapsed": {} },
            "transitions": [{ "on": "Bought", "to": "buyer" }]
          },
          "models": {
            "next_basket": { "kind": "fitted", "purpose": "service" },
            "next_event": { "kind": "fitted", "purpose": "service" },
            "next_stage": { "kind": "fitted", "purpose": "service" },
            "many": { "kind": "formula", "purpose": "service", "expression": "purchases / 10" }
          }
        }
        """;

    private readonly TemporaryFolder _folder = new();

    /// <summary>The data folder.</summary>
    public string Data => _folder["data"];

    /// <summary>The events in it, in the order of time.</summary>
    public string[] Events { get; private set; } = [];

    /// <summary>Another path beside it.</summary>
    public string this[string name] => _folder[name];

    public async Task InitializeAsync()
    {
        var events = new List<(DateTime At, string Line)>();
        for (var customer = 0; customer < Customers; customer++) Add(events, customer);
        Events = [.. events.OrderBy(e => e.At).Select(e => e.Line)];
        await FolderOf("data", Events);
    }

    /// <summary>A data folder of some of the events.</summary>
    public async Task<string> FolderOf(string name, IEnumerable<string> events)
    {
        var ran = await Shell.Run(
            "replay", _folder.Write($"{name}.ndjson", string.Join('\n', events) + "\n"), "--data", _folder[name],
            "--definition", _folder.Write("shop.jsonc", Definition));
        Assert.True(ran.Code == ExitCode.Ok, ran.Output + ran.Error);
        return _folder[name];
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    private static void Add(List<(DateTime At, string Line)> events, int customer)
    {
        var random = new Xoshiro256((ulong)customer + 1);
        var (paceDays, number, looked) = (customer % 3 == 0 ? 25.0 : 5.0, 0, 0);
        for (var day = random.NextUnit() * 30; day < Days; day -= paceDays * Math.Log(1 - random.NextUnit()))
        {
            // Who has just looked buys more often than who has just bought.
            var buys = random.NextUnit() < (looked == 0 ? 0.2 : 0.6);
            looked = buys ? 0 : looked + 1;
            var favourite = random.NextUnit() < 0.5 ? customer % 8 : (customer * 3 + 1) % 8;
            var product = random.NextUnit() < 0.7 ? favourite : (int)(random.NextUnit() * 8);
            var at = Start.AddMilliseconds(Math.Floor(day * 86_400_000));
            events.Add((at, JsonSerializer.Serialize(new
            {
                id = $"{customer}-{number++}", type = buys ? "Bought" : "Seen", customer = $"c-{customer}",
                time = at.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
                properties = new { products = new[] { $"p{product}" } },
            })));
        }
    }
}
