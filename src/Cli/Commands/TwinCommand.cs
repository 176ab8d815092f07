using System.CommandLine;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DToC.Cli.Folders;
using DToC.Twin;

namespace DToC.Cli.Commands;

/// <summary><c>dtoc twin</c>: one twin as JSON, the way a server shows it.</summary>
internal sealed class TwinCommand
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters =
        {
            new InstantJson(),
            new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
        },
    };

    private readonly ServerAddress _server = new("read");
    private readonly AsOf _asOf = new();
    private readonly Argument<string> _id = new("ID") { Description = "The customer." };
    private readonly Option<string?> _data = new("--data") { Description = "Data folder. Instead of --url." };

    private TwinCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var twin = new TwinCommand();
        var command = new Command("twin", "Print the twin of a customer.") { twin._id, twin._data };
        twin._server.AddTo(command);
        twin._asOf.AddTo(command);
        command.SetAction(twin.Run);
        return command;
    }

    private async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        var id = parsed.GetValue(_id) ?? "";
        var at = _asOf.Of(parsed, TimeProvider.System);
        var folder = parsed.GetValue(_data);
        if (folder != null == _server.IsGiven(parsed))
            throw new CommandFailure(ExitCode.Usage, "give either --data or --url (with --key).");
        var text = folder == null
            ? await FromServer(parsed, id, at, cancellation)
            : await FromFolder(folder, id, at, parsed, cancellation);
        await parsed.InvocationConfiguration.Output.WriteLineAsync(text);
        return ExitCode.Ok;
    }

    private static async Task<string> FromFolder(
        string folder, string id, Instant? at, ParseResult parsed, CancellationToken cancellation)
    {
        await using var host = HostFolder.OpenToRead(
            folder, MasterKeyOption.Of(parsed), parsed.InvocationConfiguration.Error);
        var now = Instant.From(TimeProvider.System.GetUtcNow());
        var view = await new FolderTwins(host, at, now).Find(id, cancellation);
        return view != null
            ? JsonSerializer.Serialize(view, Json)
            : throw new CommandFailure(ExitCode.Usage,
                $"nothing of a customer '{id}' is kept{(at is { } then ? $" that had happened by {then}" : "")}.");
    }

    private async Task<string> FromServer(
        ParseResult parsed, string id, Instant? at, CancellationToken cancellation)
    {
        using var http = _server.Open(parsed);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Deadline);
        var path = $"v1/twins/{Uri.EscapeDataString(id)}{(at is { } then ? $"?at={then}" : "")}";
        try
        {
            using var response = await http.GetAsync(new Uri(path, UriKind.Relative), deadline.Token);
            var text = await response.Content.ReadAsStringAsync(deadline.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new CommandFailure(ExitCode.Usage,
                    $"the server answered {(int)response.StatusCode}. {DetailOf(text)}");
            }
            using var json = JsonDocument.Parse(text);
            return JsonSerializer.Serialize(json.RootElement, Json);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            throw new CommandFailure(ExitCode.Unreachable,
                $"{http.BaseAddress}{path}: {e.Message} Start the server, or correct --url.");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CommandFailure(ExitCode.Unreachable,
                $"{http.BaseAddress} gave no answer for {Deadline.TotalSeconds:0} s.");
        }
    }

    private static string DetailOf(string problem)
    {
        try
        {
            using var json = JsonDocument.Parse(problem);
            return json.RootElement.TryGetProperty("detail", out var detail) ? detail.ToString() : problem;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return problem.Length > 0 ? problem : "Correct --url and --key.";
        }
    }
}
