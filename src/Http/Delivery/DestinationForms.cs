using DToC.Http.Delivery.Queues;
using DToC.Twin;

namespace DToC.Http.Delivery;

/// <summary>A destination as it is shown: its secrets by name alone.</summary>
/// <param name="Headers">Names of the headers sent along.</param>
/// <param name="Secrets">Signing secrets that hold, with their ends; null for no end.</param>
/// <param name="Status">What goes on.</param>
internal sealed record DestinationForm(
    string Name, DestinationSettings Settings, Instant Created, IReadOnlyList<string> Headers,
    IReadOnlyList<Instant?> Secrets, DestinationStatusForm Status)
{
    /// <summary>A destination and its figures.</summary>
    public static DestinationForm Of(Destination destination, DestinationStatus status, Instant now) => new(
        destination.Name, destination.Settings, destination.Connector.Created,
        [.. destination.Headers.Select(header => header.Name)],
        [
            .. destination.Connector.SecretsOf(Destination.SigningName, now)
                .Select(secret => secret.Until == Instant.Forever ? default(Instant?) : secret.Until),
        ],
        DestinationStatusForm.Of(status, now));
}

/// <summary>What goes on with a destination. Counters run from the start of the process.</summary>
/// <param name="Running">Whether anything is sent.</param>
/// <param name="Problem">What an operator should know, or null.</param>
/// <param name="Breaker">closed, open or halfOpen.</param>
/// <param name="Queue">Messages that wait.</param>
/// <param name="Retrying">Of them, those that wait for another attempt.</param>
/// <param name="InFlight">Messages on their way.</param>
/// <param name="DeadLetters">Messages that were given up.</param>
/// <param name="DeadLettersFull">Whether no more can be given up.</param>
/// <param name="OldestSeconds">Age of the oldest message that waits; null when none does.</param>
internal sealed record DestinationStatusForm(
    bool Running, string? Problem, BreakerState Breaker, int Queue, int Retrying, int InFlight, int DeadLetters,
    bool DeadLettersFull, double? OldestSeconds, long Taken, long NotTaken, long Withheld)
{
    /// <summary>Figures as they are shown.</summary>
    public static DestinationStatusForm Of(DestinationStatus status, Instant now) => new(
        status.IsRunning, status.Problem, status.Breaker, status.Queue, status.Retrying, status.InFlight, status.Dead,
        status.Dead >= status.MaxDead, status.OldestSeconds(now), status.Taken, status.NotTaken, status.Withheld);
}

/// <summary>All destinations.</summary>
internal sealed record DestinationsForm(IReadOnlyList<DestinationForm> Destinations);

/// <summary>A destination just made or changed.</summary>
/// <param name="Secret">The signing secret that was made; it is not shown again. Null when one was given.</param>
internal sealed record ChangedDestinationForm(DestinationForm Destination, string? Secret);

/// <summary>A new signing secret that is wanted.</summary>
/// <param name="Secret">As <c>whsec_</c> and base64; one is made unless given.</param>
/// <param name="OverlapHours">Hours in which the one before signs too, 0 to 720; 24 unless given.</param>
internal sealed record RotationRequest(string? Secret, double? OverlapHours);

/// <summary>A signing secret just set.</summary>
/// <param name="Secret">It, when it was made here; it is not shown again.</param>
/// <param name="FormerUntil">Until when the one before signs too.</param>
internal sealed record RotationForm(string? Secret, Instant FormerUntil);

/// <summary>A dead letter. It says nothing of whom it was about.</summary>
/// <param name="Id">Names it here.</param>
/// <param name="MessageId">The id it was sent under.</param>
/// <param name="Topic">What it was about.</param>
/// <param name="Reason">What came of the last attempt.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="PublishedAt">When it was published.</param>
/// <param name="GivenUpAt">When it was given up.</param>
/// <param name="ExpiresAt">When it is forgotten.</param>
internal sealed record DeadLetterForm(
    string Id, string MessageId, DeliveryTopic Topic, string Reason, int Attempts, Instant PublishedAt,
    Instant GivenUpAt, Instant ExpiresAt);

/// <summary>A page of dead letters, those that were given up first at the beginning.</summary>
/// <param name="Total">All there are.</param>
/// <param name="Limit">Most there may be.</param>
/// <param name="Next">Ask with it as <c>after</c> for more; null at the end.</param>
internal sealed record DeadLettersForm(IReadOnlyList<DeadLetterForm> DeadLetters, int Total, int Limit, string? Next);

/// <summary>Which dead letters are meant.</summary>
/// <param name="Ids">These; null for all.</param>
/// <param name="Reason">Of these, those with this reason; null for any.</param>
internal sealed record DeadLetterChoice(IReadOnlyList<string>? Ids, string? Reason);

/// <summary>How many dead letters it was.</summary>
/// <param name="IsAll">False when some of those meant are left: there is no room for them to wait.</param>
internal sealed record DeadLetterCount(int Count, bool IsAll);
