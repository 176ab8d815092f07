using System.Text.Json;
using DToC.Grains;
using DToC.Http.Json;
using DToC.Twin;

namespace DToC.Http.Delivery.Amqp;

/// <summary>An intake, read.</summary>
/// <param name="Connector">As it is stored.</param>
/// <param name="Settings">What it is set to.</param>
internal sealed record Intake(Connector Connector, IntakeSettings Settings)
{
    /// <summary>Names it.</summary>
    public string Name => Connector.Name;

    /// <summary>The password, in UTF-8; empty when none was given.</summary>
    public ReadOnlyMemory<byte> Password =>
        Connector.Secrets.FirstOrDefault(secret => secret.Name == Destination.PasswordName).Value;

    /// <summary>Reads a stored one.</summary>
    /// <exception cref="InvalidDataException">It is of a build with other settings.</exception>
    public static Intake Of(Connector connector)
    {
        try
        {
            var settings = JsonSerializer.Deserialize<IntakeSettings>(connector.Settings.Span, WireJson.Options)
                ?? throw new InvalidDataException($"Intake '{connector.Name}' has no settings.");
            return new Intake(connector, settings);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"Intake '{connector.Name}' cannot be read.", exception);
        }
    }
}
