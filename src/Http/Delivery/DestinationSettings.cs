using System.Text.Json;
using System.Text.Json.Serialization;
using DToC.Grains;
using DToC.Http.Delivery.Queues;

namespace DToC.Http.Delivery;

/// <summary>How a destination is spoken to.</summary>
public enum DestinationKind
{
    /// <summary>HTTP, by the Standard Webhooks specification.</summary>
    Webhook,

    /// <summary>AMQP 0-9-1: an exchange of a broker.</summary>
    Amqp,
}

/// <summary>What a destination is told of.</summary>
public enum DeliveryTopic
{
    /// <summary>Next best actions, as they are decided.</summary>
    Decisions,

    /// <summary>What may not be used any more, as customers say so.</summary>
    ConsentNotices,

    /// <summary>Whom to erase, as customers are erased.</summary>
    Erasures,
}

/// <summary>When what was not taken is tried again, and how often.</summary>
/// <param name="Attempts">Attempts in all, 1 to 100.</param>
/// <param name="FirstDelaySeconds">Most seconds to the second attempt, 0.1 to 3600.</param>
/// <param name="MaxDelaySeconds">Most seconds between two attempts, up to 86400.</param>
internal sealed record RetryForm(
    int Attempts = RetryForm.DefaultAttempts, double FirstDelaySeconds = 5, double MaxDelaySeconds = 14_400)
{
    /// <summary>With delays up to four hours, about a day.</summary>
    public const int DefaultAttempts = 20;

    /// <summary>The schedule that is meant.</summary>
    public RetrySchedule ToSchedule() =>
        new(TimeSpan.FromSeconds(FirstDelaySeconds), TimeSpan.FromSeconds(MaxDelaySeconds));
}

/// <summary>All of a destination that may be read again.</summary>
internal record DestinationSettings
{
    /// <summary>How it is spoken to.</summary>
    public DestinationKind? Kind { get; init; }

    /// <summary>For people; at most 500 characters.</summary>
    public string? Description { get; init; }

    /// <summary>
    /// Of a webhook <c>https://HOST/PATH</c>; of a broker <c>amqps://HOST:PORT/VHOST</c>. Without TLS only in networks
    /// that the operator allows.
    /// </summary>
    public string? Url { get; init; }

    /// <summary>Of a broker: the exchange, which is there; empty for the default one.</summary>
    public string? Exchange { get; init; }

    /// <summary>Of a broker: the routing key; may have placeholders of a template.</summary>
    public string? RoutingKey { get; init; }

    /// <summary>Of a broker: who signs in; its password is a secret.</summary>
    public string? User { get; init; }

    /// <summary>What it is told of; decisions unless given.</summary>
    public IReadOnlyList<DeliveryTopic>? Topics { get; init; }

    /// <summary>Of decisions, those for these offers alone.</summary>
    public IReadOnlyList<string>? Offers { get; init; }

    /// <summary>Of decisions, those for these channels alone.</summary>
    public IReadOnlyList<string>? Channels { get; init; }

    /// <summary>What is sent; null for the whole message as it is.</summary>
    public JsonElement? Template { get; init; }

    /// <summary>A template that is shipped, by name, in place of one.</summary>
    public string? Preset { get; init; }

    /// <summary>Most messages a second, 1 to 100,000; null for no limit.</summary>
    public int? RatePerSecond { get; init; }

    /// <summary>Messages on their way at one time, 1 to 64.</summary>
    public int InFlight { get; init; } = 8;

    /// <summary>Whether messages of one customer go one after the other, in their order.</summary>
    public bool InOrder { get; init; }

    /// <summary>Seconds an attempt may take, 0.1 to 60.</summary>
    public double TimeoutSeconds { get; init; } = 10;

    /// <summary>When to try again.</summary>
    public RetryForm? Retry { get; init; }

    /// <summary>Where a topic that is new begins: <c>now</c>, or <c>beginning</c> for all that is kept.</summary>
    public string? From { get; init; }

    /// <summary>False to stop sending; what there is to send waits.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>How long an attempt may take. No property: it would be a name that bodies may have.</summary>
    public TimeSpan ToTimeLimit() => TimeSpan.FromSeconds(TimeoutSeconds);

    /// <summary>Topics of published effects.</summary>
    public static Topic TopicOf(DeliveryTopic topic) => topic switch
    {
        DeliveryTopic.Decisions => Topic.Decision,
        DeliveryTopic.ConsentNotices => Topic.Consent,
        _ => Topic.Erasure,
    };
}

/// <summary>A destination that is wanted.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record DestinationRequest : DestinationSettings
{
    /// <summary>Names it; 1 to 64 of <c>a-z 0-9 -</c>.</summary>
    public string? Name { get; init; }

    /// <summary>Of a webhook: the secret to sign with, as <c>whsec_</c> and base64; one is made unless given.</summary>
    public string? Secret { get; init; }

    /// <summary>Of a webhook: headers to send along, as <c>Authorization</c>. Their values are secrets.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Of a broker: the user's password. A secret.</summary>
    public string? Password { get; init; }
}
