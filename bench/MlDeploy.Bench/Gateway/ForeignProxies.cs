namespace MlDeploy.Bench.Gateway;

/// <summary>HAProxy and nginx, one thread each, keep-alive on both sides, no logging: what an operator would run instead.</summary>
internal static class ForeignProxies
{
    public static async Task<IReadOnlyList<Contestant>> StartAsync(string folder, int backend)
    {
        var started = new List<Contestant>();
        if (Find("haproxy") is { } haproxy)
        {
            var port = Contestant.FreePort();
            var config = Path.Combine(folder, "haproxy.cfg");
            await File.WriteAllTextAsync(config, $"""
                global
                    nbthread 1
                    maxconn 4096
                defaults
                    mode http
                    timeout connect 5s
                    timeout client 60s
                    timeout server 60s
                    option forwardfor
                    http-reuse always
                frontend in
                    bind 127.0.0.1:{port}
                    default_backend out
                backend out
                    http-response set-header x-mldeploy-version v1
                    server one 127.0.0.1:{backend}

                """);
            started.Add(await Contestant.StartAsync("HAProxy", port, haproxy, "-f", config, "-db", "-q"));
        }

        if (Find("nginx") is { } nginx)
        {
            var port = Contestant.FreePort();
            var config = Path.Combine(folder, "nginx.conf");
            await File.WriteAllTextAsync(config, $$"""
                daemon off;
                worker_processes 1;
                pid {{folder}}/nginx.pid;
                error_log /dev/null crit;
                events { worker_connections 4096; }
                http {
                    access_log off;
                    client_body_temp_path {{folder}};
                    proxy_temp_path {{folder}};
                    fastcgi_temp_path {{folder}};
                    uwsgi_temp_path {{folder}};
                    scgi_temp_path {{folder}};
                    keepalive_requests 10000000;
                    upstream out { server 127.0.0.1:{{backend}}; keepalive 256; keepalive_requests 10000000; }
                    server {
                        listen 127.0.0.1:{{port}};
                        location / {
                            proxy_pass http://out;
                            proxy_http_version 1.1;
                            proxy_set_header Connection "";
                            proxy_set_header Host $host;
                            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                            add_header x-mldeploy-version v1;
                        }
                    }
                }

                """);
            started.Add(await Contestant.StartAsync("nginx", port, nginx, "-c", config, "-p", folder));
        }

        return started;
    }

    private static string? Find(string name)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin").Append("/usr/local/sbin");
        var found = folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (found is null)
        {
            Console.WriteLine($"notice: {name} is not installed, so it is left out of the comparison (Debian: apt-get install {name})");
        }

        return found;
    }
}
