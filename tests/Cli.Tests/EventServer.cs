using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace DToC.Cli.Tests;

/// <summary>
/// The ingest endpoint as it is specified, on a real socket: a line of NDJSON in, a line of verdict out, ids
/// counted once.
/// </summary>
internal sealed class EventServer : IDisposable
{
    public const string Key = "test-key";

    private readonly HttpListener _listener = new();
    private readonly Lock _gate = new();
    private readonly Task _loop;

    public EventServer()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
        }
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _loop = Listen();
    }

    public string Url { get; }

    /// <summary>Each event that was accepted, by id, in order of arrival.</summary>
    public Dictionary<string, JsonElement> Accepted { get; } = new(StringComparer.Ordinal);

    /// <summary>Event lines received, repeated ones too.</summary>
    public int Received { get; private set; }

    /// <summary>Requests received.</summary>
    public int Requests { get; private set; }

    /// <summary>Answers for the next requests instead of the usual one; null answers usually.</summary>
    public Queue<Action<HttpListenerResponse>?> Script { get; } = new();

    /// <summary>The verdict and reason on a new event; null accepts.</summary>
    public Func<JsonElement, (string Status, string Reason)?> Judge { get; set; } = _ => null;

    /// <summary>Called before each line is answered, with the number of lines received.</summary>
    public Func<int, Task> BeforeLine { get; set; } = _ => Task.CompletedTask;

    /// <summary>The twin that is shown; null shows none.</summary>
    public string? Twin { get; init; }

    /// <summary>Path and query of the last request for a twin.</summary>
    public string? Asked { get; private set; }

    /// <summary>Cuts the answer to a request after so many lines, once.</summary>
    public int? CutAfterLines { get; set; }

    public void Dispose()
    {
        _listener.Stop();
        _listener.Close();
        _loop.Wait(TimeSpan.FromSeconds(5));
    }

    private async Task Listen()
    {
        try
        {
            while (true)
                _ = Answer(await _listener.GetContextAsync());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task Answer(HttpListenerContext context)
    {
        try
        {
            Action<HttpListenerResponse>? scripted = null;
            lock (_gate)
            {
                Requests++;
                Script.TryDequeue(out scripted);
            }
            if (context.Request.Headers["Authorization"] != $"Bearer {Key}")
                scripted = static response => response.StatusCode = 401;
            else if (Twin is { } twin && context.Request.HttpMethod == "GET")
                scripted = response => ShowTwin(context.Request, response, twin);
            else if (context.Request.Url?.AbsolutePath != "/v1/events" || context.Request.HttpMethod != "POST")
                scripted = static response => response.StatusCode = 404;
            if (scripted != null)
                scripted(context.Response);
            else
                await AnswerLines(context);
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException)
        {
            // The client is gone.
        }
    }

    private void ShowTwin(HttpListenerRequest request, HttpListenerResponse response, string twin)
    {
        Asked = request.RawUrl;
        response.ContentType = "application/json";
        response.OutputStream.Write(Encoding.UTF8.GetBytes(twin));
    }

    private async Task AnswerLines(HttpListenerContext context)
    {
        Assert.Equal("application/x-ndjson", context.Request.ContentType);
        context.Response.StatusCode = 202;
        context.Response.ContentType = "application/x-ndjson";
        context.Response.SendChunked = true;
        using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
        var body = (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        for (var line = 0; line < body.Length; line++)
        {
            await BeforeLine(Received);
            var answer = VerdictOn(body[line], line + 1);
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer + "\n"));
            if (line + 1 != CutAfterLines)
                continue;
            CutAfterLines = null;
            await context.Response.OutputStream.FlushAsync();
            context.Response.Abort();
            return;
        }
    }

    private string VerdictOn(string text, int line)
    {
        using var json = JsonDocument.Parse(text);
        var next = json.RootElement.Clone();
        var id = next.GetProperty("id").GetString() ?? "";
        lock (_gate)
        {
            Received++;
            if (Accepted.ContainsKey(id))
                return JsonSerializer.Serialize(new { line, id, status = "duplicate" });
            if (Judge(next) is { } judged)
                return JsonSerializer.Serialize(new { line, id, status = judged.Status, reason = judged.Reason });
            Accepted.Add(id, next);
            return JsonSerializer.Serialize(new { line, id, status = "accepted", customer = "c" });
        }
    }
}
