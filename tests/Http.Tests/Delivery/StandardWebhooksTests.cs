using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Xunit.Abstractions;

namespace DToC.Http.Tests.Delivery;

/// <summary>A receiver written with the specification's own library for JavaScript verifies what is sent.</summary>
public sealed class StandardWebhooksTests(ITestOutputHelper output) : IDisposable
{
    private const string Package = "standardwebhooks@1.0.0";

    // Verifies each line of its input, and says what each was.
    private const string Receiver = """
        const { Webhook } = require("standardwebhooks");
        const lines = require("fs").readFileSync(0, "utf8").trim().split("\n").map(JSON.parse);
        for (const { secret, body, headers } of lines) {
          try { console.log("verified " + new Webhook(secret).verify(body, headers).type); }
          catch (error) { console.log("refused " + error.message); }
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("dtoc-webhooks-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Library_verifies_signatures_before_during_and_after_a_rotation()
    {
        if (await RunAsync("npm", ["install", "--no-audit", "--no-fund", Package], "") is not { } installed)
        {
            output.WriteLine($"skipped: npm could not install {Package}");
            return;
        }
        output.WriteLine(installed.Trim());
        await using var receiver = await HookReceiver.StartAsync();
        await using var server = await ApiServer.StartAsync(
            new HttpOptions { DeliveryNetworks = [IPNetwork.Parse("127.0.0.0/8")] });
        var made = await server.SendAsync(
            HttpMethod.Post, "/v1/destinations", $$"""{"name":"shop","kind":"webhook","url":"{{receiver.Url}}"}""");
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var first = made.Text("secret");
        var before = await HookAsync(server, receiver);
        var rotated = await server.SendAsync(
            HttpMethod.Post, "/v1/destinations/shop/secret", """{"overlapHours":24}""");
        var second = rotated.Text("secret");
        var during = await HookAsync(server, receiver);

        Assert.Single(before.Signature.Split(' '));
        Assert.Equal(2, during.Signature.Split(' ').Length);
        var other = first[..^4] + "AAA=";
        var forged = during with { Body = during.Body.Replace("bestsellers", "everything", StringComparison.Ordinal) };
        Assert.NotEqual(during.Body, forged.Body, StringComparer.Ordinal);
        var said = await VerifyAsync(
            (first, before), (second, before), (first, during), (second, during), (other, during), (second, forged));
        Assert.Equal(
            [true, false, true, true, false, false],
            said.Select(line => line == "verified next-best-action"));
    }

    private static async Task<Hook> HookAsync(ApiServer server, HookReceiver receiver)
    {
        var count = receiver.Taken.Count;
        for (var i = 0; receiver.Taken.Count == count; i++)
        {
            await server.PostEventsAsync(EventFormsTests.Event($"w-{count}-{i}", $"hooked-{count}-{i}"));
            var decided = await server.SendAsync(HttpMethod.Post, $"/v1/twins/hooked-{count}-{i}/next-best-action");
            if (decided.Json["winner"] is null) continue;
            var until = DateTime.UtcNow.AddSeconds(60);
            while (receiver.Taken.Count == count && DateTime.UtcNow < until) await Task.Delay(10); // a real socket
        }
        return receiver.Taken.Last();
    }

    private async Task<string[]> VerifyAsync(params (string Secret, Hook Hook)[] hooks)
    {
        var script = Path.Combine(_folder, "receiver.js");
        await File.WriteAllTextAsync(script, Receiver);
        var lines = hooks.Select(one => JsonSerializer.Serialize(new
        {
            secret = one.Secret,
            body = one.Hook.Body,
            headers = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["webhook-id"] = one.Hook.Id,
                ["webhook-timestamp"] = one.Hook.Timestamp,
                ["webhook-signature"] = one.Hook.Signature,
            },
        }));
        var said = await RunAsync("node", [script], string.Join('\n', lines))
            ?? throw new InvalidOperationException("The receiver failed.");
        output.WriteLine(said);
        return said.Trim().Split('\n');
    }

    /// <summary>What a program wrote; null when it is not there or failed.</summary>
    private async Task<string?> RunAsync(string program, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
            UseShellExecute = false,
        };
        try
        {
            using var process = Process.Start(start)!; // null only where a shell reuses a process
            var (read, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
            await process.WaitForExitAsync(patience.Token);
            if (process.ExitCode != 0) output.WriteLine(await errors);
            return process.ExitCode == 0 ? await read : null;
        }
        catch (Exception exception)
            when (exception is System.ComponentModel.Win32Exception or OperationCanceledException)
        {
            output.WriteLine($"{program}: {exception.Message}");
            return null;
        }
    }
}
