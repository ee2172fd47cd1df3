using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance.Aws.Fixture;

/// <summary>
/// What runs behind the image: Debian's nginx where it is installed, else the test application. `/` answers at once; under nginx
/// `/work` costs some 50 ms of processor time, since it compresses a text at the highest level for each request.
/// </summary>
internal sealed class WebServer : IDisposable
{
    private const string Configuration = """
        daemon off; pid FOLDER/PORT.pid; worker_processes 1; error_log stderr warn;
        events { }
        http {
          access_log off; client_body_temp_path FOLDER/PORT-b; proxy_temp_path FOLDER/PORT-p; fastcgi_temp_path FOLDER/PORT-f;
          uwsgi_temp_path FOLDER/PORT-u; scgi_temp_path FOLDER/PORT-s;
          server {
            listen PORT;
            location = / { return 200 "Welcome to nginx!"; }
            location = /work { gzip on; gzip_comp_level 9; gzip_types *; default_type text/plain; alias FOLDER/work.txt; }
          }
        }
        """;

    private readonly string folder;

    private WebServer(string folder, string command) => (this.folder, Command) = (folder, command);

    /// <summary>For `/bin/sh -c`, told its port in `$PORT`.</summary>
    public string Command { get; }

    public static bool IsNginx => Program.Find("nginx") is not null;

    public static WebServer Prepare()
    {
        var folder = Directory.CreateTempSubdirectory("mldeploy-web-").FullName;
        if (Program.Find("nginx") is not { } nginx)
        {
            return new WebServer(folder, $"exec {TheTool.TestApplication}");
        }

        var random = new Random(1);
        File.WriteAllText(Path.Combine(folder, "work.txt"), string.Concat(Enumerable.Range(0, 60_000).Select(_ => $"{random.Next(50)} to {random.Next(50)} ")));
        if (!OperatingSystem.IsWindows())
        {
            // Started by root, nginx serves as another user, who must come in.
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }

        File.WriteAllText(Path.Combine(folder, "nginx.conf"), Configuration.Replace("FOLDER", folder, StringComparison.Ordinal));
        var own = $"{folder}/$PORT.conf";
        return new WebServer(folder, $"sed \"s/PORT/$PORT/g\" {folder}/nginx.conf > {own}; exec {nginx} -e stderr -c {own}");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
