using System.Globalization;
using System.Text;
using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Fold;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Micro;

/// <summary>
/// A retail customer of <see cref="KnownEvents"/> events with consents, attributes and contacts, and the events that
/// come next: four in five trigger nothing, every fifth is an order that decides. Nothing in it is random.
/// </summary>
public sealed class RetailCase
{
    /// <summary>Events folded into the state.</summary>
    public const int KnownEvents = 50;

    /// <summary>Events that come next.</summary>
    public const int NextEvents = 100;

    /// <summary>Id of the customer; not in the control group.</summary>
    public const string Customer = "customer-1";

    private const long EventGapMs = 7 * Instant.HourMs;
    private static readonly string[] Categories = ["shoes", "shirts", "coats", "sport", "children"];

    /// <summary>A case under <c>retail.jsonc</c> of the program's folder, with trees in it.</summary>
    public RetailCase()
        : this(FullModels.With(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "retail.jsonc"))))
    {
    }

    /// <summary>A case under the retail definition.</summary>
    public RetailCase(PlanSource definition)
    {
        Plan = TwinPlan.Load(definition, "retail.jsonc") switch
        {
            PlanCompilation.Compiled compiled => compiled.Plan,
            PlanCompilation.Invalid invalid => throw new InvalidDataException(string.Join('\n', invalid.Errors)),
            var other => throw new InvalidOperationException($"{other}"),
        };
        Reader = new EventReader(Plan.Events, EventLimits.Default);
        Next = [.. Enumerable.Range(KnownEvents, NextEvents).Select(i => Read(Json(i)))];
    }

    /// <summary>The definition.</summary>
    public TwinPlan Plan { get; }

    /// <summary>Reads events.</summary>
    public EventReader Reader { get; }

    /// <summary>Events behind the state, in order.</summary>
    public TouchpointEvent[] Next { get; }

    /// <summary>When the first event occurred.</summary>
    public static Instant Start { get; } = Instant.From(new DateTimeOffset(2026, 1, 5, 9, 30, 0, TimeSpan.Zero));

    /// <summary>The state, made anew.</summary>
    public CustomerState NewState()
    {
        var state = new CustomerState(Plan);
        Array.Fill(state.Consents, new ConsentRecord(ConsentStatus.Granted, Start, "web"));
        for (var i = 0; i < Plan.Events.Attributes.Count; i++)
        {
            var isText = Plan.Events.Attributes[i].Type == AttributeType.Text;
            state.TakeAttribute(i, new AttributeRecord
            {
                Origin = AttributeOrigin.Declared,
                At = Start,
                Source = "crm",
                Text = isText ? "AT" : null,
                Number = isText ? 0 : 3,
            });
        }
        for (var i = 0; i < KnownEvents; i++)
        {
            var e = Read(Json(i));
            CommutativeFold.Apply(state, e);
            OrderedFold.Apply(state, e);
            state.Recent.Add(e.KeyHash, e.OccurredAt);
        }
        var thanks = Plan.Decisions.Offers[^2];
        var email = Plan.Decisions.Channels[thanks.Channel];
        for (var i = 0; i < 4; i++)
        {
            var at = Start.PlusMs(i * 3 * Instant.DayMs);
            state.AddContact(new Contact(at, thanks.NameHash, email.NameHash, email.Outbound));
        }
        return state;
    }

    /// <summary>The i-th event of the customer as JSON in UTF-8.</summary>
    public static byte[] Json(int i)
    {
        var (type, properties) = Touch(i);
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $$"""
            {"id":"event-{{i:d6}}","source":"web","type":"{{type}}","time":"{{Start.PlusMs(i * EventGapMs)}}",
            "customer":"{{Customer}}","context":{"channel":"web","device":"phone","session":"s-{{i / 4}}"},
            "properties":{{properties}}}
            """));
    }

    /// <summary>Reads an event.</summary>
    public TouchpointEvent Read(ReadOnlyMemory<byte> json) =>
        Reader.Read(json, Start.PlusMs(365 * Instant.DayMs)) switch
        {
            EventReading.Read read => read.Event,
            EventReading.Rejected no => throw new InvalidDataException(no.Message),
            var other => throw new InvalidOperationException($"{other}"),
        };

    private static (string Type, string Properties) Touch(int i)
    {
        var category = Categories[i * 7 / 3 % Categories.Length];
        var product = $"p-{i * 13 % 40}";
        return (i % 5) switch
        {
            0 or 2 => ("Product Viewed",
                $$"""
                {"product_id":"{{product}}","category":"{{category}}","price":{{20 + i % 30}},"currency":"EUR"}
                """),
            1 => ("Product Added", $$"""{"product_id":"{{product}}","category":"{{category}}"}"""),
            3 => ("Email Opened", "{}"),
            _ => ("Order Completed",
                $$"""
                {"total":{{45 + i * 11 % 60}}.90,"discount":{{i % 3 * 5}},"currency":"EUR",
                "shipping_country":"AT","products":[
                {"product_id":"{{product}}","category":"{{category}}","quantity":1},
                {"product_id":"p-{{i * 3 % 40}}","category":"shoes","quantity":2}]}
                """),
        };
    }
}
