@echo off
rem Runs a task of gpudock on Windows: `gpudock` alone says what there is to run.
rem
rem The first run makes a Python environment in .venv beside this file (GPUDOCK_VENV: elsewhere) from the packages whose
rem hashes stand in requirements.txt. It is made anew when that file changes. PYTHON=C:\path\python.exe chooses the
rem Python behind it, else the launcher `py -3`, else `python`.
rem Case means nothing in names of variables here, and HOME and PYTHON are somebody's: so ours begin with gd_.
setlocal DisableDelayedExpansion
set "gd_home=%~dp0"
set "gd_lock=%gd_home%requirements.txt"
set "gd_venv=%gd_home%.venv"
if defined GPUDOCK_VENV set "gd_venv=%GPUDOCK_VENV%"
set "gd_python=%gd_venv%\Scripts\python.exe"
rem Another environment's packages must not stand before ours.
set "PYTHONPATH="
set "PYTHONHOME="
set "PYTHONUTF8=1"

rem The copy of the lock is written last, so an interrupted setup is begun anew.
if not exist "%gd_python%" goto setup
fc /b "%gd_lock%" "%gd_venv%\made-from.txt" >nul 2>&1
if errorlevel 1 goto setup

:run
"%gd_python%" "%gd_home%tasks.py" %*
exit /b %errorlevel%

:setup
call :find_python
if errorlevel 1 exit /b 70
echo Setting up gpudock in "%gd_venv%" (once, about 20 seconds) ... 1>&2
%gd_base% -m venv --clear "%gd_venv%"
if errorlevel 1 goto no_venv
set "PIP_USER=0"
"%gd_python%" -m pip install --quiet --no-input --disable-pip-version-check --retries 2 --require-hashes --no-deps -r "%gd_lock%" >"%gd_venv%\setup.log" 2>&1
if errorlevel 1 goto no_packages
copy /y /b "%gd_lock%" "%gd_venv%\made-from.txt" >nul
if errorlevel 1 goto no_venv
goto run

:find_python
rem Sets gd_base. %gd_base% stays unquoted where it is run: it may be two words.
set "gd_base="
if defined PYTHON set "gd_base="%PYTHON%""
if defined PYTHON goto check_python
set "gd_base=py -3"
py -3 -c "" >nul 2>&1
if errorlevel 1 set "gd_base=python"

:check_python
%gd_base% -c "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))" >nul 2>&1
if not errorlevel 1 exit /b 0
echo error: gpudock needs Python 3.10 or newer, and `%gd_base%` is none. 1>&2
echo Install it from python.org, or name another one: set PYTHON=C:\path\python.exe 1>&2
exit /b 1

:no_venv
echo error: `%gd_base%` could not make "%gd_venv%". 1>&2
echo Name a place where it can: set GPUDOCK_VENV=%%LOCALAPPDATA%%\gpudock 1>&2
exit /b 70

:no_packages
echo error: pip could not install what gpudock needs; the whole story: type "%gd_venv%\setup.log" 1>&2
echo Behind a proxy: set HTTPS_PROXY=http://PROXY:PORT 1>&2
exit /b 69
