using DToC.Embedded;
using DToC.Embedded.Sealing;
using DToC.Grains;
using DToC.Twin.Definitions;
using DToC.Twin.Models;
using DToC.Twin.Plan;

namespace DToC.Cli.Folders;

/// <summary>Opens data folders.</summary>
internal static class HostFolder
{
    private const string RecordName = "dtoc.json";

    /// <summary>Opens a folder to fill it; one that does not exist is created.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="definition">
    /// Name or file of the definition to put in force; null leaves the one in force, and gives a new folder
    /// <see cref="ShippedDefinitions.Default"/>.
    /// </param>
    /// <param name="lexicons">Files that the definition names and that do not lie beside it.</param>
    /// <param name="masterKey">The folder's master key; null for none.</param>
    /// <param name="clock">The clock of its turns.</param>
    /// <param name="error">Where warnings go.</param>
    /// <param name="cancellation">Ends the wait for a definition to be put in force.</param>
    /// <exception cref="CommandFailure">The definition or the folder cannot be used.</exception>
    public static async Task<EmbeddedHost> OpenToFill(
        string path, string? definition, IReadOnlyList<string> lexicons, MasterKey? masterKey, TimeProvider clock,
        TextWriter error, CancellationToken cancellation)
    {
        var plan = LoadDefinition(definition ?? ShippedDefinitions.Default, lexicons);
        var host = Start(path, plan, masterKey, clock, error);
        if (definition is null) return host;
        var current = host.Plans.Current;
        var whole = Compiled(TwinPlan.Load(plan.Source, definition, current.Source));
        if (whole.Hash != current.Hash) await host.ReplaceDefinitionAsync(whole, cancellation);
        return host;
    }

    /// <summary>
    /// Opens a folder to read it. Its clock stands still, long ago: reading makes nothing due, and removes
    /// nothing.
    /// </summary>
    /// <exception cref="CommandFailure">It is no data folder, or cannot be used.</exception>
    public static EmbeddedHost OpenToRead(string path, MasterKey? masterKey, TextWriter error)
    {
        if (!File.Exists(Path.Combine(path, RecordName)))
        {
            throw new CommandFailure(ExitCode.Usage,
                $"'{path}' is no data folder: give one that 'dtoc replay --data' or a server has filled.");
        }
        return Start(path, LoadDefinition(ShippedDefinitions.Default), masterKey, new EventClock(), error);
    }

    /// <summary>Puts a fitted model in force in an open folder.</summary>
    /// <exception cref="CommandFailure">It does not go with the folder's definition.</exception>
    public static async Task PutModel(
        EmbeddedHost host, string name, ModelFile model, CancellationToken cancellation)
    {
        var source = host.Plans.Current.Source.With(name, model.ToBytes());
        await host.ReplaceDefinitionAsync(Compiled(TwinPlan.Load(source, "definition")), cancellation);
    }

    /// <summary>Opens a folder to erase somebody.</summary>
    /// <exception cref="CommandFailure">It cannot be used.</exception>
    public static EmbeddedHost OpenToErase(EmbeddedOptions options, TextWriter error)
    {
        if (File.Exists(Path.Combine(options.DataFolder, RecordName)))
            return Start(options.DataFolder, options.InitialPlan, options.MasterKey, options.Time, error);
        throw new CommandFailure(ExitCode.Usage, $"'{options.DataFolder}' is no data folder.");
    }

    /// <summary>What the tools that look after a folder have to know of it.</summary>
    public static EmbeddedOptions OptionsOf(string path) =>
        OptionsOf(path, LoadDefinition(ShippedDefinitions.Default), TimeProvider.System);

    private static EmbeddedOptions OptionsOf(string path, TwinPlan plan, TimeProvider clock) => new()
    {
        DataFolder = path,
        Catalog = TwinGrains.Catalog(),
        InitialPlan = plan,
        LoadPlan = TwinPlan.LoadKept,
        Time = clock,
    };

    private static EmbeddedHost Start(
        string path, TwinPlan plan, MasterKey? masterKey, TimeProvider clock, TextWriter error)
    {
        try
        {
            var options = OptionsOf(path, plan, clock) with { MasterKey = masterKey };
            return EmbeddedHost.Start(options, new FolderLog(error));
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            throw new CommandFailure(ExitCode.Usage, e.Message);
        }
    }

    private static TwinPlan LoadDefinition(string nameOrFile, IReadOnlyList<string>? lexicons = null)
    {
        var (source, fault) = DefinitionFile.Read(nameOrFile, lexicons);
        return source is null
            ? throw new CommandFailure(ExitCode.Usage, $"{fault}")
            : Compiled(TwinPlan.Load(source, nameOrFile));
    }

    private static TwinPlan Compiled(PlanCompilation compilation) => compilation switch
    {
        PlanCompilation.Compiled compiled => compiled.Plan,
        PlanCompilation.Invalid invalid => throw new CommandFailure(
            ExitCode.Usage, string.Join(Environment.NewLine, invalid.Errors)),
        var other => throw new InvalidOperationException($"Unknown compilation {other.GetType().Name}."),
    };
}
