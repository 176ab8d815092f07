using System.Text.Json;
using DToC.Grains;
using DToC.Http.Delivery.Templates;
using DToC.Http.Json;
using DToC.Twin;

namespace DToC.Http.Delivery;

/// <summary>A destination, read.</summary>
/// <param name="Connector">As it is stored.</param>
/// <param name="Settings">What it is set to.</param>
internal sealed record Destination(Connector Connector, DestinationSettings Settings)
{
    /// <summary>Name of the secrets that messages are signed with.</summary>
    public const string SigningName = "signing";

    /// <summary>Name of a broker's password.</summary>
    public const string PasswordName = "password";

    private const string HeaderPrefix = "header:";

    private readonly HashSet<string>? _offers = SetOf(Settings.Offers);
    private readonly HashSet<string>? _channels = SetOf(Settings.Channels);

    /// <summary>Names it.</summary>
    public string Name => Connector.Name;

    /// <summary>What is sent; null for the whole message.</summary>
    public PayloadTemplate? Template { get; } = TemplateOf(Settings);

    /// <summary>Where a broker takes a message to.</summary>
    public PayloadTemplate? RoutingKey { get; } =
        Settings.RoutingKey is { } key ? PayloadTemplate.OfText(key) : null;

    /// <summary>When to try again.</summary>
    public RetryForm Retry => Settings.Retry ?? new RetryForm();

    /// <summary>Topics it is told of.</summary>
    public IReadOnlyList<Topic> Topics { get; } =
    [
        .. (Settings.Topics ?? [DeliveryTopic.Decisions]).Distinct().Select(DestinationSettings.TopicOf),
    ];

    /// <summary>Whether anything is sent.</summary>
    public bool IsRunning => Settings.Enabled && Connector.Stopped.Length == 0;

    /// <summary>Headers to send along, with their values.</summary>
    public IEnumerable<(string Name, ReadOnlyMemory<byte> Value)> Headers =>
        from secret in Connector.Secrets
        where secret.Name.StartsWith(HeaderPrefix, StringComparison.Ordinal)
        select (secret.Name[HeaderPrefix.Length..], secret.Value);

    /// <summary>Whether a decision for an offer on a channel is for it.</summary>
    public bool Wants(string offer, string channel) =>
        _offers?.Contains(offer) != false && _channels?.Contains(channel) != false;

    /// <summary>The secret of a header.</summary>
    public static ConnectorSecret HeaderOf(string name, ReadOnlyMemory<byte> value) =>
        new(HeaderPrefix + name, value, Instant.Forever);

    /// <summary>Whether a secret is a header's.</summary>
    public static bool IsHeader(in ConnectorSecret secret) =>
        secret.Name.StartsWith(HeaderPrefix, StringComparison.Ordinal);

    /// <summary>Reads a stored one.</summary>
    /// <exception cref="InvalidDataException">It is of a build with other settings.</exception>
    public static Destination Of(Connector connector)
    {
        try
        {
            var settings =
                JsonSerializer.Deserialize<DestinationSettings>(connector.Settings.Span, WireJson.Options)
                ?? throw new InvalidDataException($"Destination '{connector.Name}' has no settings.");
            return new Destination(connector, settings);
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            throw new InvalidDataException($"Destination '{connector.Name}' cannot be read.", exception);
        }
    }

    private static PayloadTemplate? TemplateOf(DestinationSettings settings) =>
        settings.Template is { } own ? PayloadTemplate.Read(own)
        : settings.Preset is { } preset ? PayloadTemplate.Read(
            TemplatePresets.Find(preset)?.Template
            ?? throw new FormatException($"There is no template '{preset}'."))
        : null;

    private static HashSet<string>? SetOf(IReadOnlyList<string>? names) =>
        names is null ? null : new HashSet<string>(names, StringComparer.Ordinal);
}
