using System.Text;
using System.Text.Json;
using DToC.Grains;
using DToC.Http.Delivery.Templates;
using DToC.Http.Delivery.Webhooks;
using DToC.Http.Json;
using DToC.Twin.Plan;

namespace DToC.Http.Delivery;

/// <summary>What a destination may be set to.</summary>
internal static class DestinationCheck
{
    /// <summary>Most names in a filter.</summary>
    public const int MaxNames = 256;

    /// <summary>Most headers of a destination's own.</summary>
    public const int MaxHeaders = 16;

    /// <summary>Most a receiver can make a whole destination wait with Retry-After.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromHours(6);

    private const int MaxNameChars = 64;
    private const int MaxTextChars = 500;
    private const int MaxUrlChars = 2_048;
    private const int MaxRate = 100_000;
    private const int MaxInFlight = 64;
    private const int MaxAttempts = 100;
    private const double MaxTimeoutSeconds = 60;
    private const double MaxFirstDelaySeconds = 3_600;
    private const double MaxDelaySeconds = 86_400;
    private const double LeastSeconds = 0.1;

    // What this program writes itself, or what belongs to the connection and not to the message.
    private static readonly HashSet<string> OwnHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "webhook-id", "webhook-timestamp", "webhook-signature", "host", "content-length", "content-type",
        "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect", "user-agent",
    };

    /// <summary>Whether a text can be a destination's name.</summary>
    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= MaxNameChars }
        && name.All(static c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-');

    /// <summary>What is wrong with what is wanted, and what would be right; null when nothing is.</summary>
    /// <param name="wanted">The settings, with what is secret.</param>
    /// <param name="plan">The definition, which knows offers and channels.</param>
    public static string? Problem(DestinationRequest wanted, TwinPlan plan) =>
        ProblemOfAddress(wanted) ?? ProblemOfChoice(wanted, plan) ?? ProblemOfPace(wanted)
        ?? ProblemOfTemplate(wanted) ?? ProblemOfSecrets(wanted);

    private static string? ProblemOfAddress(DestinationRequest wanted)
    {
        if (wanted.Kind is not { } kind) return "kind must be webhook or amqp.";
        if (wanted.Description?.Length > MaxTextChars)
            return $"description must have at most {MaxTextChars} characters.";
        string[] schemes = kind == DestinationKind.Webhook ? ["https", "http"] : ["amqps", "amqp"];
        if (AddressProblem(wanted.Url, schemes) is { } wrong) return wrong;
        if (kind == DestinationKind.Webhook)
        {
            return wanted is { Exchange: null, RoutingKey: null, User: null, Password: null }
                ? null : "exchange, routingKey, user and password belong to kind amqp.";
        }
        if (wanted.Secret is not null || wanted.Headers is { Count: > 0 })
            return "secret and headers belong to kind webhook; a broker has user and password.";
        if (Encoding.UTF8.GetByteCount(wanted.Exchange ?? "") > 127 || wanted.RoutingKey?.Length > 255)
            return "exchange must have at most 127 bytes, routingKey at most 255 characters.";
        return (wanted.Exchange ?? "").Length + (wanted.RoutingKey ?? "").Length == 0
            ? "A broker needs an exchange, or the name of a queue as routingKey." : null;
    }

    /// <summary>What is wrong with an address.</summary>
    public static string? AddressProblem(string? url, IReadOnlyList<string> schemes)
    {
        if (url is not { Length: <= MaxUrlChars } || !Uri.TryCreate(url, UriKind.Absolute, out var address)
            || !schemes.Contains(address.Scheme, StringComparer.Ordinal) || address.Host.Length == 0)
        {
            return $"url must be {schemes[0]}://HOST/... of at most {MaxUrlChars} characters.";
        }
        if (address.UserInfo.Length > 0)
            return "url must not hold a user or password: they would be shown. Send headers, or user and password.";
        return address.Fragment.Length > 0 ? "url must not have a fragment." : null;
    }

    private static string? ProblemOfChoice(DestinationRequest wanted, TwinPlan plan)
    {
        if (wanted.From is not (null or "now" or "beginning")) return "from must be 'now' or 'beginning'.";
        if (wanted.Topics is { Count: 0 })
            return "topics must name at least one of decisions, consentNotices, erasures.";
        if (wanted.Offers is { Count: 0 or > MaxNames } || wanted.Channels is { Count: 0 or > MaxNames })
            return $"offers and channels must have 1 to {MaxNames} names; leave them out for all.";
        var offers = plan.Decisions.Offers.Select(offer => offer.Name).ToList();
        if (wanted.Offers?.FirstOrDefault(name => !offers.Contains(name, StringComparer.Ordinal)) is { } offer)
            return $"The definition has no offer '{offer}'; it has {string.Join(", ", offers)}.";
        var channels = plan.Decisions.Channels.Select(channel => channel.Name).ToList();
        if (wanted.Channels?.FirstOrDefault(name => !channels.Contains(name, StringComparer.Ordinal)) is { } channel)
            return $"The definition has no channel '{channel}'; it has {string.Join(", ", channels)}.";
        return null;
    }

    private static string? ProblemOfPace(DestinationRequest wanted)
    {
        if (wanted.RatePerSecond is < 1 or > MaxRate)
            return $"ratePerSecond is {wanted.RatePerSecond}; it must be 1 to {MaxRate}.";
        if (wanted.InFlight is < 1 or > MaxInFlight)
            return $"inFlight is {wanted.InFlight}; it must be 1 to {MaxInFlight}.";
        if (!(wanted.TimeoutSeconds is >= LeastSeconds and <= MaxTimeoutSeconds))
            return $"timeoutSeconds is {wanted.TimeoutSeconds}; it must be {LeastSeconds} to {MaxTimeoutSeconds}.";
        if (wanted.Retry is not { } retry) return null;
        if (retry.Attempts is < 1 or > MaxAttempts)
            return $"retry.attempts is {retry.Attempts}; it must be 1 to {MaxAttempts}.";
        if (!(retry.FirstDelaySeconds is >= LeastSeconds and <= MaxFirstDelaySeconds))
            return $"retry.firstDelaySeconds must be {LeastSeconds} to {MaxFirstDelaySeconds}.";
        return !(retry.MaxDelaySeconds >= retry.FirstDelaySeconds && retry.MaxDelaySeconds <= MaxDelaySeconds)
            ? $"retry.maxDelaySeconds must be firstDelaySeconds to {MaxDelaySeconds}." : null;
    }

    private static string? ProblemOfTemplate(DestinationRequest wanted)
    {
        if (wanted.Template is not null && wanted.Preset is not null) return "Give a template or a preset, not both.";
        if (wanted.Preset is { } preset && TemplatePresets.Find(preset) is null)
            return $"There is no template '{preset}'; there are {TemplatePresets.Names}.";
        try
        {
            if (wanted.Template is { } template) PayloadTemplate.Read(template);
            if (wanted.RoutingKey is { } key) PayloadTemplate.OfText(key);
            return null;
        }
        catch (FormatException wrong)
        {
            return wrong.Message;
        }
    }

    private static string? ProblemOfSecrets(DestinationRequest wanted)
    {
        if (wanted.Secret is { } secret && SigningSecret.Parse(secret) is null) return WantedSecret;
        if (wanted.Headers?.Count > MaxHeaders) return $"headers may be {MaxHeaders} at most.";
        foreach (var (name, value) in wanted.Headers ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            if (name.Length is 0 or > 128 || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                return $"'{name}' is not the name of a header: letters, digits and hyphens.";
            if (OwnHeaders.Contains(name)) return $"The header {name} is written by this server.";
            if (value.Length > 4_096 || value.Any(static c => c is < ' ' or > '~'))
                return $"The value of the header {name} must have at most 4096 printable ASCII characters.";
        }
        return wanted.Password?.Length > 1_024 ? "password must have at most 1024 characters." : null;
    }

    /// <summary>What a signing secret must be.</summary>
    public static string WantedSecret { get; } =
        $"secret must be {SigningSecret.Prefix} and the base64 of {SigningSecret.MinBytes} to {SigningSecret.MaxBytes} "
        + "random bytes; leave it out and one is made.";

    /// <summary>The settings as they are stored: without anything secret.</summary>
    public static byte[] Stored(DestinationSettings wanted)
    {
        // By the type without the secrets, whatever is given.
        return JsonSerializer.SerializeToUtf8Bytes(wanted, WireJson.Options);
    }
}
