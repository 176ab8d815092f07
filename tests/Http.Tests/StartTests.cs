using System.Diagnostics;
using DToC.Api;
using DToC.Twin.Definitions;
using DToC.Twin.Models;
using DToC.Twin.Plan;

namespace DToC.Http.Tests;

public sealed class StartTests
{
    [Theory]
    [InlineData("http://127.0.0.1:5080")]
    [InlineData("http://localhost:5080")]
    [InlineData("http://[::1]:5080/")]
    [InlineData("https://0.0.0.0:443")]
    public void Address_on_this_machine_or_with_tls_is_taken(string address) =>
        Assert.Null(ListenAddresses.Fault([address], allowInsecureRemote: false));

    [Theory]
    [InlineData("http://0.0.0.0:5080")]
    [InlineData("http://*:5080")]
    [InlineData("http://+:80")]
    [InlineData("http://[::]:5080")]
    [InlineData("http://10.1.2.3:80")]
    [InlineData("http://example.com")]
    public void Address_beyond_this_machine_without_tls_needs_the_switch(string address)
    {
        Assert.Contains(
            "--allow-insecure-remote",
            ListenAddresses.Fault(["http://127.0.0.1:1", address], allowInsecureRemote: false),
            StringComparison.Ordinal);
        Assert.Null(ListenAddresses.Fault([address], allowInsecureRemote: true));
    }

    [Theory]
    [InlineData("--verbose")]
    [InlineData("run")]
    [InlineData("--data")]
    [InlineData("--demo=yes")]
    [InlineData("--max-nesting=300")]
    [InlineData("--max-log-pages=0")]
    [InlineData("--max-state-memory-mb=0")]
    [InlineData("--max-event-bytes=many")]
    [InlineData("--max-batch-bytes=100")]
    public void Switch_that_is_not_there_or_lacks_its_value_is_a_fault(string argument) =>
        Assert.NotNull(Switches.Parse([argument]).Fault);

    [Fact]
    public void Switches_are_read_in_both_spellings()
    {
        var (switches, fault) =
            Switches.Parse(["--data", "/d", "--urls=http://127.0.0.1:1", "--definition", "retail", "--demo"]);
        Assert.Null(fault);
        Assert.Equal(
            new Switches { DataFolder = "/d", Urls = "http://127.0.0.1:1", Definition = "retail",
            Demo = true }, switches);
    }

    [Fact]
    public void Limits_of_events_are_switches()
    {
        var (switches, fault) = Switches.Parse(
            ["--max-event-bytes", "65536", "--max-batch-bytes=99999", "--max-nesting", "24", "--max-log-pages", "64",
             "--max-state-memory-mb=3000"]);

        Assert.Null(fault);
        Assert.Equal((65_536, 24), (switches.Http.Events.MaxEventBytes, switches.Http.Events.MaxNesting));
        Assert.Equal((99_999, 64), (switches.Http.MaxBatchBytes, switches.LogPages));
        Assert.Equal(3_000L << 20, switches.StateMemoryBytes);
    }

    [Fact]
    public void Lexicons_elsewhere_go_with_a_definition()
    {
        var (switches, fault) = Switches.Parse(["--definition=d", "--lexicon", "a.txt", "--lexicon=b.txt"]);
        Assert.Null(fault);
        Assert.Equal(["a.txt", "b.txt"], switches.Lexicons);
        Assert.Contains("--definition", Switches.Parse(["--lexicon", "a.txt"]).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Chosen_definition_keeps_the_fitted_models_it_names()
    {
        var (plan, _) = ChosenDefinition.Load("retail");
        var churn = ModelFile.Of(new Logistic(0.5, [new("orders_90d", -1)])).ToBytes();
        var fitted = Assert.IsType<PlanCompilation.Compiled>(
            TwinPlan.Load(plan!.Source.With("churn", churn), "retail")).Plan;

        var (whole, fault) = ChosenDefinition.InPlaceOf(fitted, plan, "retail");

        Assert.Null(fault);
        Assert.Equal(fitted.Hash, whole!.Hash);
    }

    [Fact]
    public void Every_shipped_definition_loads()
    {
        Assert.True(ShippedDefinitions.Names.Count >= 7);
        foreach (var name in ShippedDefinitions.Names) Assert.Null(ChosenDefinition.Load(name).Fault);
        Assert.Contains("retail", ChosenDefinition.Load("retial").Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_refuses_to_listen_beyond_this_machine()
    {
        var folder = Directory.CreateTempSubdirectory("dtoc-start-").FullName;
        using var process = Process.Start(
            new ProcessStartInfo(
            "dotnet", [typeof(Switches).Assembly.Location, "--urls", "http://0.0.0.0:0", "--data", folder])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException("The program did not start.");
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(2, process.ExitCode);
        Assert.Contains("TLS", errors, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
        Directory.Delete(folder);
    }
}
