using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DToC.Browser.Tests;

/// <summary>The executable as a process of its own, over a folder of its own; gone after the test.</summary>
internal sealed class ApiProcess : IAsyncDisposable
{
    public const string Key = "the-admin-key-of-the-browser";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _folder;
    private readonly Task _reading;

    private ApiProcess(Process process, string folder, Uri address)
    {
        (_process, _folder, Address) = (process, folder, address);
        // What it says later is not kept, but read: a full pipe would hold it up.
        _reading = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address };
        Client.DefaultRequestHeaders.Authorization = new("Bearer", Key);
    }

    public Uri Address { get; }

    /// <summary>Sends the admin key.</summary>
    public HttpClient Client { get; }

    /// <summary>Starts it somewhere else than where its files are, as an operator may.</summary>
    public static async Task<ApiProcess> StartAsync(params string[] switches)
    {
        var folder = Directory.CreateTempSubdirectory("dtoc-browser-").FullName;
        // The runtime that runs this test, whatever the search path says.
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..", "dotnet"));
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "DToC.Api.dll"), "--urls", "http://127.0.0.1:0", "--data",
            Path.Combine(folder, "data"), .. switches,
        ];
        var start = new ProcessStartInfo(dotnet, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        };
        start.Environment["DTOC_ADMIN_KEY"] = Key;
        var process = Process.Start(start) ?? throw new InvalidOperationException("The server did not start.");
        using var limit = new CancellationTokenSource(Patience);
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (!line.StartsWith("address ", StringComparison.Ordinal)) continue;
            return new ApiProcess(process, folder, new Uri(line["address ".Length..].Trim()));
        }
        throw new InvalidOperationException("The server ended before it said where it listens.");
    }

    public async Task<int> PostAsync(IEnumerable<byte[]> events)
    {
        using var body = new MemoryStream();
        foreach (var json in events)
        {
            body.Write(json);
            body.WriteByte((byte)'\n');
        }
        using var content = new ByteArrayContent(body.ToArray());
        content.Headers.ContentType = new("application/x-ndjson");
        using var answer = await Client.PostAsync(new Uri("/v1/events", UriKind.Relative), content);
        var lines = await answer.Content.ReadAsStringAsync();
        return lines.Split("\"accepted\"").Length - 1;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
