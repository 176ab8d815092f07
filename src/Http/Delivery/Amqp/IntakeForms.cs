using System.Text.Json.Serialization;
using DToC.Twin;

namespace DToC.Http.Delivery.Amqp;

/// <summary>All of an intake that may be read again.</summary>
internal record IntakeSettings
{
    /// <summary>For people; at most 500 characters.</summary>
    public string? Description { get; init; }

    /// <summary><c>amqps://HOST:PORT/VHOST</c>; without TLS only in networks that the operator allows.</summary>
    public string? Url { get; init; }

    /// <summary>Who signs in; guest unless given.</summary>
    public string? User { get; init; }

    /// <summary>The queue that events are fetched from; it is there.</summary>
    public string? Queue { get; init; }

    /// <summary>Messages fetched and not acknowledged, 1 to 2,000.</summary>
    public int Prefetch { get; init; } = 200;

    /// <summary>The exchange that refused messages go to, which is there; empty for the default one.</summary>
    public string? DeadLetterExchange { get; init; }

    /// <summary>The routing key they go with; the name of the queue unless given.</summary>
    public string? DeadLetterRoutingKey { get; init; }
}

/// <summary>An intake that is wanted.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record IntakeRequest : IntakeSettings
{
    /// <summary>Names it; 1 to 64 of <c>a-z 0-9 -</c>.</summary>
    public string? Name { get; init; }

    /// <summary>The user's password. A secret.</summary>
    public string? Password { get; init; }
}

/// <summary>What goes on with an intake. Counters run from the start of the process.</summary>
/// <param name="Connected">Whether events are fetched.</param>
/// <param name="Problem">Why not, or null.</param>
/// <param name="Taken">Messages whose events are durable: folded, seen before, or in quarantine.</param>
/// <param name="Refused">Messages that went to the exchange for dead letters.</param>
/// <param name="Returned">Messages given back to the queue, to come again.</param>
internal sealed record IntakeStatus(bool Connected, string? Problem, long Taken, long Refused, long Returned);

/// <summary>An intake as it is shown.</summary>
internal sealed record IntakeForm(string Name, IntakeSettings Settings, Instant Created, IntakeStatus Status);

/// <summary>All intakes.</summary>
internal sealed record IntakesForm(IReadOnlyList<IntakeForm> Intakes);
