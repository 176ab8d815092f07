using System.Buffers;
using System.Text;
using DToC.Twin.Events;
using DToC.Twin.Features;
using DToC.Twin.Fold;
using DToC.Twin.Plan;
using DToC.Twin.Segments;
using DToC.Twin.State;

namespace DToC.Twin.Tests.Segments;

/// <summary>A small definition with segments, and customers of it.</summary>
internal static class Lab
{
    public static readonly Instant Start = Instant.From(new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero));

    private const string Definition = """
        {
          "name": "lab", "version": "1", "timeZone": "UTC",
          "customer": { "kinds": ["person"] },
          "purposes": ["analytics", "marketing"],
          "categories": {
            "orders": { "retentionDays": 365, "bases": { "analytics": "contract", "marketing": "consent" } },
            "views": { "retentionDays": 365, "bases": { "analytics": "contract" } }
          },
          "attributes": { "tier": { "type": "text", "category": "orders" } },
          "events": {
            "Bought": { "category": "orders", "signals": { "total": { "path": "total", "type": "number" } } },
            "Seen": { "category": "views" }
          },
          "features": {
            "orders": { "kind": "count", "of": "Bought" },
            "spend": { "kind": "sum", "of": "Bought.total" },
            "last": { "kind": "recency", "of": "Bought" },
            "seen": { "kind": "decayedCount", "of": "Seen", "halfLifeDays": 2 },
            "share": { "kind": "ratio", "numerator": "seen", "denominator": "orders" },
            "in_stage": { "kind": "timeInStage" }
          },
          "journey": {
            "initial": "new",
            "stages": { "new": {}, "active": { "idleDays": 3, "idleTo": "asleep" }, "asleep": {} },
            "transitions": [{ "on": ["Bought", "Seen"], "to": "active" }]
          },
          "models": {
            "loyal": {
              "kind": "logistic", "purpose": "analytics", "intercept": 0,
              "inputs": [{ "feature": "seen", "weight": 1 }]
            }
          },
          "segments": { @segments },
          "valueAtRisk": "spend * (1 - loyal)"
        }
        """;

    private const string Usual = """
        "buyers": { "purpose": "analytics", "rule": "orders >= 1" },
        "big": { "purpose": "analytics", "rule": "spend > 100" },
        "offered": { "purpose": "marketing", "rule": "orders >= 1" },
        "active": { "purpose": "analytics", "rule": "stage == 'active'" }
        """;

    public static TwinPlan Plan { get; } = Compile(Usual);

    /// <summary>The definition with other segments.</summary>
    public static TwinPlan Compile(string segments) =>
        TwinPlan.Load(Encoding.UTF8.GetBytes(Definition.Replace("@segments", segments)), "lab.jsonc") switch
        {
            PlanCompilation.Compiled compiled => compiled.Plan,
            PlanCompilation.Invalid invalid => throw new InvalidOperationException(string.Join('\n', invalid.Errors)),
            var other => throw new InvalidOperationException(other.ToString()),
        };

    /// <summary>The definition with one segment, of a rule.</summary>
    public static TwinPlan OfRule(string rule) =>
        Compile($$"""  "one": { "purpose": "analytics", "rule": "{{rule}}" }  """);

    /// <summary>Folds an event.</summary>
    public static void Fold(CustomerState state, string type, Instant at, int total = 10)
    {
        var json = $$$"""
            {"id":"{{{type}}}-{{{at.UnixMs}}}","type":"{{{type}}}","time":"{{{at}}}","customer":"x","source":"s",
            "properties":{"total":{{{total}}} }}
            """;
        var reading = new EventReader(state.Plan.Events, EventLimits.Default).Read(Encoding.UTF8.GetBytes(json), at);
        var e = ((EventReading.Read)reading).Event;
        CommutativeFold.Apply(state, e);
        OrderedFold.Apply(state, e);
        state.Recent.Add(e.KeyHash, e.OccurredAt);
    }

    /// <summary>Looks at a customer.</summary>
    public static void Look(SegmentStanding standing, CustomerState state, Instant now)
    {
        var vectors = new Vectors(state.Plan);
        FeatureReader.Fill(vectors, state, now);
        Scorer.ScoreAll(vectors);
        SegmentEvaluation.Evaluate(standing, state, vectors, now);
    }

    /// <summary>The standing in its stored form, with the state behind it.</summary>
    public static byte[] Stored(SegmentStanding standing, CustomerState state)
    {
        var buffer = new ArrayBufferWriter<byte>();
        SegmentForm.Write(standing, buffer);
        StateCodec.Write(state, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The share that lies in it; of nothing none.</summary>
    public static SegmentShare ShareOf(ReadOnlySpan<byte> stored)
    {
        if (stored.IsEmpty) return default;
        var reader = new BinaryFormReader(stored);
        return SegmentShare.Read(ref reader);
    }
}
