using System.Globalization;
using System.Text.Json;
using DToC.Cli.Folders;
using DToC.Grains;
using DToC.Twin.Draws;
using DToC.Twin.Models.Satisfaction;
using DToC.Twin.State;

namespace DToC.Cli.Tests.Learning;

/// <summary>
/// Customers with demand, answers, failures and contracts of their own in a data folder, read by all tests of a class,
/// changed by none: ln quantity = 4 - 1.5 ln price around which customers differ, a satisfaction that wanders and
/// shows in answers, complaints that failures bring on, and at the end of each 30 days a probability of leaving that
/// differs as Beta(0.5, 1.5).
/// </summary>
public sealed class CareFolder : IAsyncLifetime
{
    /// <summary>Customers who object to being learnt from.</summary>
    public const int Objecting = 9;

    private const int Customers = 450;
    private const int Days = 360;

    private static readonly DateTime Start = new(2025, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    private const string Definition = """
        {
          "name": "care", "version": "1", "customer": { "kinds": ["person"] }, "purposes": ["analytics"],
          "categories": { "orders": { "retentionDays": 3650, "bases": { "analytics": "legitimateInterest" } } },
          "events": {
            "Bought": {
              "category": "orders",
              "signals": {
                "price": { "path": "price", "type": "number" },
                "quantity": { "path": "quantity", "type": "number" }
              }
            },
            "Answered": {
              "category": "orders",
              "signals": { "nps": { "path": "nps", "type": "number" }, "csat": { "path": "csat", "type": "number" } }
            },
            "Failed": { "category": "orders" },
            "Complained": { "category": "orders" },
            "Left": { "category": "orders" }
          },
          "features": {
            "demand": { "kind": "demandSums", "price": "Bought.price", "quantity": "Bought.quantity" },
            "mood": {
              "kind": "latentLevel", "mean": 0, "variance": 1, "driftPerDay": 0.1, "reversionPerDay": 0.001,
              "answers": [
                { "of": "Answered.nps", "scale": "nps", "noiseVariance": 9 },
                { "of": "Answered.csat", "scale": "csat", "noiseVariance": 4 }
              ]
            },
            "failures": { "kind": "decayedCount", "of": "Failed", "halfLifeDays": 20 },
            "purchases": { "kind": "count", "of": "Bought" },
            "complaints": { "kind": "count", "of": "Complained" },
            "departures": { "kind": "count", "of": "Left" },
            "days_there": { "kind": "age" }
          },
          "journey": {
            "initial": "new", "stages": { "new": {}, "buyer": {} }, "transitions": [{ "on": "Bought", "to": "buyer" }]
          },
          "models": {
            "elasticity": {
              "kind": "priceSensitivity", "purpose": "analytics", "demand": "demand",
              "parameters": {
                "intercept": 0, "elasticity": -0.5, "interceptVariance": 1, "elasticityVariance": 0.3,
                "covariance": 0, "noiseVariance": 0.5
              }
            },
            "satisfaction": { "kind": "satisfaction", "purpose": "analytics", "level": "mood" },
            "frustration": {
              "kind": "frustration", "purpose": "analytics", "background": 0.5,
              "target": { "feature": "complaints", "outcome": "any", "days": 30, "among": "departures == 0" },
              "causes": [{ "feature": "failures", "weight": 0.1, "uncertainty": 0.9 }]
            },
            "leaves": {
              "kind": "fitted", "purpose": "analytics",
              "target": { "feature": "departures", "outcome": "any", "days": 30, "among": "departures == 0" }
            },
            "sooner": { "kind": "fitted", "purpose": "analytics" }
          }
        }
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly List<(DateTime At, string Line)> _events = [];
    private readonly Dictionary<string, List<(long AtMs, double Nps, double Csat)>> _answers =
        new(StringComparer.Ordinal);

    /// <summary>The data folder.</summary>
    public string Data => _folder["data"];

    /// <summary>Another path beside it.</summary>
    public string this[string name] => _folder[name];

    public async Task InitializeAsync()
    {
        for (var customer = 0; customer < Customers; customer++) Add(customer);
        await FolderOf("data");
    }

    /// <summary>A data folder of its own, to be changed.</summary>
    public async Task<string> FolderOf(string name)
    {
        var lines = string.Join('\n', _events.OrderBy(e => e.At).Select(e => e.Line)) + "\n";
        var ran = await Shell.Run(
            "replay", _folder.Write($"{name}.ndjson", lines), "--data", _folder[name],
            "--definition", _folder.Write("care.jsonc", Definition));
        Assert.True(ran.Code == ExitCode.Ok, ran.Output + ran.Error);
        await using var host = HostFolder.OpenToRead(_folder[name], null, TextWriter.Null);
        for (var n = 0; n < Objecting; n++)
        {
            var reply = await host.SendAsync(
                GrainKey.Customer($"c-{n}"),
                new CustomerMessage.SetConsents([new("analytics", ConsentStatus.Objected)], "desk"),
                CancellationToken.None);
            Assert.IsType<Reply.Done>(reply);
        }
        return _folder[name];
    }

    /// <summary>What a filter knows of a customer after all answers.</summary>
    public SatisfactionState Followed(string customer, SatisfactionFilter filter)
    {
        var state = default(SatisfactionState);
        foreach (var (atMs, nps, csat) in _answers[customer])
        {
            state = filter.Observe(state, atMs, SatisfactionKind.Nps, nps);
            state = filter.Observe(state, atMs, SatisfactionKind.Csat, csat);
        }
        return state;
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    private void Add(int number)
    {
        var (random, name) = (new Xoshiro256((ulong)number + 1), $"c-{number}");
        var (intercept, elasticity) = (4 + 0.3 * random.Normal(), -1.5 + 0.3 * random.Normal());
        var (sooner, later, fails) = (random.Gamma(0.5, 1), random.Gamma(1.5, 1), number % 3 == 0 ? 0.1 : 0.01);
        var (level, failures) = (0.3 + 0.4 * random.Normal(), 0.0);
        var joined = (int)(random.NextUnit() * 330);
        _answers[name] = [];
        for (var age = 0; joined + age < Days; age++)
        {
            var at = Start.AddDays(joined + age).AddMinutes(number);
            if (age > 0 && age % 30 == 0 && random.NextUnit() < sooner / (sooner + later))
            {
                Tell("Left", at, new { });
                return;
            }
            level += 0.01 * (0.3 - level) + 0.05 * random.Normal();
            failures *= Math.Pow(0.5, 1 / 20.0);
            if (age == 0 || random.NextUnit() < 0.08)
            {
                var price = Math.Round(Math.Exp(0.4 * random.Normal()), 2);
                var logQuantity = intercept + elasticity * Math.Log(price) + 0.3 * random.Normal();
                Tell("Bought", at, new { price, quantity = Math.Max(1, Math.Round(Math.Exp(logQuantity))) });
            }
            if (random.NextUnit() < 0.04)
            {
                var nps = Math.Clamp(Math.Round(5 + 5 * level + random.Normal()), 0, 10);
                var csat = Math.Clamp(Math.Round(3 + 2 * level + 0.5 * random.Normal()), 1, 5);
                Tell("Answered", at.AddHours(1), new { nps, csat });
                _answers[name].Add((new DateTimeOffset(at.AddHours(1)).ToUnixTimeMilliseconds(), nps, csat));
            }
            if (random.NextUnit() < fails)
            {
                Tell("Failed", at.AddHours(2), new { });
                failures++;
            }
            if (random.NextUnit() < 0.001 + 0.01 * failures) Tell("Complained", at.AddHours(3), new { });
        }

        void Tell(string type, DateTime at, object properties) => _events.Add((at, JsonSerializer.Serialize(new
        {
            id = $"{name}-{_events.Count}", type, customer = name, properties,
            time = at.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        })));
    }
}
